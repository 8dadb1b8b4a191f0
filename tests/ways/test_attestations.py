"""What a release says of itself, held against other readers: the validators of CycloneDX and SPDX, and in-toto's own code.

tests/attestations.rs makes it from real programs; the release of the examples is that of `make release`."""

import base64
import copy
import json
import unittest
from pathlib import Path

from cryptography.hazmat.primitives.serialization import load_pem_public_key
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from google.protobuf import json_format
from in_toto_attestation.predicates.provenance.v1.provenance_pb2 import Provenance
from in_toto_attestation.v1.statement import Statement
from in_toto_attestation.v1.statement_pb2 import Statement as StatementFields
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey
from spdx_tools.spdx.parser.error import SPDXParsingError
from spdx_tools.spdx.parser.jsonlikedict.json_like_dict_parser import JsonLikeDictParser
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

from repository import ROOT, output_of, run

MADE = ROOT / "target/tmp"
DIST = ROOT / "dist"
PROGRAMS = ("bills/service", "bills-with-c/withc")


def setUpModule():
    made = run("cargo", "test", "--locked", "--test", "attestations")
    if made.returncode:
        raise RuntimeError(output_of(made))


def read(path):
    return json.loads((MADE / path).read_bytes())


def released(ending):
    """The files of the release of the examples that end so; never none."""
    record = json.loads((DIST / "release.json").read_bytes())
    paths = [DIST / file["path"] for file in record["files"] if file["path"].endswith(ending)]
    assert paths, f"no {ending} in {DIST}"
    return paths


class CycloneDX(unittest.TestCase):
    """The validator of cyclonedx-python-lib, with the strict schema of 1.6."""

    def error(self, document):
        return JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(document))

    def test_it_accepts_those_of_a_release(self):
        for path in released(".cdx.json"):
            with self.subTest(path.name):
                self.assertIsNone(self.error(json.loads(path.read_bytes())))

    def test_it_accepts_the_bills(self):
        for program in PROGRAMS:
            with self.subTest(program):
                self.assertIsNone(self.error(read(f"{program}.cdx.json")))

    def test_it_refuses_broken_ones(self):
        def other_licence(bill):
            bill["components"][0]["licenses"] = [{"license": {"id": "No-Such-Licence"}}]

        def no_name(bill):
            del bill["components"][0]["name"]

        def other_serial(bill):
            bill["serialNumber"] = "urn:uuid:1"

        def other_aggregate(bill):
            bill["compositions"][0]["aggregate"] = "whole"

        def short_digest(bill):
            bill["metadata"]["component"]["hashes"][0]["content"] = "ab"

        for breaks in (other_licence, no_name, other_serial, other_aggregate, short_digest):
            with self.subTest(breaks.__name__):
                bill = read("bills/service.cdx.json")
                breaks(bill)
                self.assertIsNotNone(self.error(bill))


class SPDX(unittest.TestCase):
    """The validator of spdx-tools."""

    def faults(self, document):
        try:
            parsed = JsonLikeDictParser().parse(document)
        except SPDXParsingError as error:
            return error.get_messages()
        return [fault.validation_message for fault in validate_full_spdx_document(parsed)]

    def test_it_accepts_the_bills(self):
        for program in PROGRAMS:
            with self.subTest(program):
                self.assertEqual(self.faults(read(f"{program}.spdx.json")), [])

    def test_it_accepts_those_of_a_release(self):
        for path in released(".spdx.json"):
            with self.subTest(path.name):
                self.assertEqual(self.faults(json.loads(path.read_bytes())), [])

    def test_it_refuses_broken_ones(self):
        def other_licence(bill):
            bill["packages"][0]["licenseDeclared"] = "No-Such-Licence"

        def lost_part(bill):
            bill["packages"].pop()

        def other_namespace(bill):
            bill["documentNamespace"] = "here#there"

        def short_digest(bill):
            bill["packages"][0]["checksums"][0]["checksumValue"] = "ab"

        def other_purl(bill):
            bill["packages"][0]["externalRefs"][0]["referenceLocator"] = "golang:here"

        for breaks in (other_licence, lost_part, other_namespace, short_digest, other_purl):
            with self.subTest(breaks.__name__):
                bill = read("bills/service.spdx.json")
                breaks(bill)
                self.assertNotEqual(self.faults(bill), [])


class InToto(unittest.TestCase):
    """The envelope by securesystemslib, the statement by in-toto-attestation."""

    def setUp(self):
        self.envelope = read("provenance/provenance.intoto.jsonl")
        folder = MADE / "provenance"
        key = load_pem_public_key((folder / "public.pem").read_bytes())
        keyid = (folder / "public.id").read_text(encoding="utf-8")
        self.key = SSlibKey.from_crypto(key, keyid=keyid)

    def verify(self, envelope):
        return Envelope.from_dict(copy.deepcopy(envelope)).verify([self.key], 1)

    def test_the_envelope_is_signed_by_the_key(self):
        self.assertEqual(list(self.verify(self.envelope)), [self.key.keyid])

    def test_no_changed_content_or_type_is(self):
        payload = bytearray(base64.b64decode(self.envelope["payload"]))
        payload[len(payload) // 2] ^= 1
        changed = {
            "payload": base64.b64encode(payload).decode(),
            "payloadType": "application/vnd.in-foto+json",
            "signatures": [],
        }
        for field, value in changed.items():
            with self.subTest(field), self.assertRaises((VerificationError, ValueError)):
                self.verify({**self.envelope, field: value})

    def statement(self, document):
        """The statement and what it says, as in-toto's own code reads them: a field that it doesn't know is an error."""
        statement = Statement.copy_from_pb(json_format.ParseDict(document, StatementFields()))
        statement.validate()
        return statement.pb, json_format.ParseDict(document["predicate"], Provenance())

    def test_the_statement_is_one_of_in_toto(self):
        document = json.loads(base64.b64decode(self.envelope["payload"]))
        statement, provenance = self.statement(document)
        names = [subject.name for subject in statement.subject]
        self.assertEqual(names, ["checksums.txt", "service.tar.gz"])
        self.assertEqual(statement.predicate_type, "https://slsa.dev/provenance/v1")
        definition = provenance.build_definition
        self.assertEqual(definition.build_type, "urn:gobuildx:build:1")
        digests = [dict(resource.digest) for resource in definition.resolved_dependencies]
        self.assertIn({"gitCommit": "7a" * 20}, digests)
        self.assertEqual(provenance.run_details.builder.id, "urn:gobuildx:builder:local")
        self.assertEqual(provenance.run_details.metadata.started_on.seconds, 1_700_000_000)
        # What nobody signed says the same.
        self.assertEqual(read("provenance/provenance.json"), document)

    def test_that_of_a_release_is_about_all_that_is_released(self):
        [path] = released("provenance.json")
        statement, provenance = self.statement(json.loads(path.read_bytes()))
        about = {subject.name: subject.digest["sha256"] for subject in statement.subject}
        sums = (DIST / "checksums.txt").read_text(encoding="utf-8").splitlines()
        sums = dict(reversed(line.split("  ", 1)) for line in sums)
        records = {"artifacts.json", "metadata.json", "release.json", path.name}
        self.assertEqual(about, {name: digest for name, digest in sums.items() if name not in records})
        toolchains = [one for one in provenance.build_definition.resolved_dependencies if one.name.startswith("go1.")]
        self.assertEqual([sorted(one.digest) for one in toolchains], [["sha256"]])

    def test_broken_ones_are_none(self):
        document = json.loads(base64.b64decode(self.envelope["payload"]))
        without_digest = [{"name": "checksums.txt"}]
        with_more = {**document["predicate"], "more": 1}
        for field, value in (("_type", "other"), ("subject", []), ("subject", without_digest), ("predicate", with_more)):
            with self.subTest(field), self.assertRaises((ValueError, json_format.ParseError)):
                self.statement({**document, field: value})


if __name__ == "__main__":
    unittest.main()
