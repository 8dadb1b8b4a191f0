//! A Go program in a few bytes: what of an ELF file and of Go's tables leads to its functions, with
//! parts that are as hostile as a test wants.
//!
//! Source: Go 1.26's `internal/abi/symtab.go`, `runtime/symtab.go`, `runtime/runtime2.go`.

/// Where code, tables and data lie.
pub(crate) const TEXT: u64 = 0x40_0000;
pub(crate) const TABLES: u64 = 0x4000_0000;
pub(crate) const DATA: u64 = 0x8000_0000;
/// Where the inlined calls lie among the data, behind `moduledata`.
const TREES: u64 = DATA + 0x400;

/// A function as the table has it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Function {
    pub(crate) start: u32,
    /// The offset of its name.
    pub(crate) name: u32,
}

/// The parts of a program.
#[derive(Clone, Debug)]
pub(crate) struct Parts {
    pub(crate) code: Vec<u8>,
    pub(crate) functions: Vec<Function>,
    /// Where the last function ends.
    pub(crate) end: u32,
    /// Names, each ended by a zero byte.
    pub(crate) names: Vec<u8>,
    /// Which inlined call is at which position: the same for all functions.
    pub(crate) positions: Vec<u8>,
    /// Inlined calls, of 16 bytes each, the same for all functions.
    pub(crate) calls: Vec<u8>,
    /// What stands among the data besides.
    pub(crate) data: Vec<u8>,
    /// What stands among the tables in front.
    pub(crate) before: Vec<u8>,
}

impl Default for Parts {
    /// `runtime.main` calls `main.report`, into which `os.Open` is inlined.
    fn default() -> Self {
        let mut code = vec![0x90; 64];
        // CALL, 32 bytes ahead of the next instruction.
        code[..5].copy_from_slice(&[0xe8, 27, 0, 0, 0]);
        Self {
            code,
            functions: vec![
                Function { start: 0, name: 1 },
                Function {
                    start: 32,
                    name: 14,
                },
            ],
            end: 64,
            names: b"\0runtime.main\0main.report\0os.Open\0".to_vec(),
            // Call 0 for 8 bytes, then none.
            positions: vec![2, 8, 1, 24, 0],
            calls: call(26, 0).to_vec(),
            data: Vec::new(),
            before: Vec::new(),
        }
    }
}

/// An inlined call: the offset of its name, and the position of the call.
pub(crate) fn call(name: u32, position: u32) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[4..8].copy_from_slice(&name.to_le_bytes());
    bytes[8..12].copy_from_slice(&position.to_le_bytes());
    bytes
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap()
}

impl Parts {
    /// The index and the records.
    fn records(&self) -> Vec<u8> {
        let count = number(self.functions.len());
        let (mut index, mut records) = (Vec::new(), Vec::new());
        for (place, function) in (0_u32..).zip(&self.functions) {
            let size = 4 * 18;
            index.extend(words(&[function.start, 8 * count + 4 + size * place]));
            // Values start behind one byte; there are 3 tables of values and 4 of data.
            let head = [function.start, function.name, 0, 0, 0, 0, 0, 3, 0, 1];
            records.extend(words(&head));
            records.extend([0, 0, 0, 4]);
            records.extend(words(&[0, 0, 1, u32::MAX, u32::MAX, u32::MAX, 0]));
        }
        index.extend(words(&[self.end]));
        [index, records].concat()
    }

    fn table(&self) -> (Vec<u8>, u64) {
        let header = 8 + 8 * 8;
        let names = self.names.len();
        let values = [&[0], &self.positions[..]].concat();
        let lengths = [header, header + names, header + names, header + names];
        let mut table = vec![0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8];
        let first = [self.functions.len(), 0, 0];
        for word in first.into_iter().chain(lengths) {
            table.extend((word as u64).to_le_bytes());
        }
        let records = (header + names + values.len()).next_multiple_of(4);
        table.extend((records as u64).to_le_bytes());
        table.extend(&self.names);
        table.extend(values);
        table.resize(records, 0);
        table.extend(self.records());
        (table, header as u64)
    }

    /// The whole file.
    pub(crate) fn file(&self) -> Vec<u8> {
        let (tables, data) = self.tables_and_data();
        elf(&[
            (5, TEXT, &self.code),
            (4, TABLES, &tables),
            (6, DATA, &data),
        ])
    }

    /// What lies beside the code: the tables, and `moduledata` with what follows it.
    pub(crate) fn tables_and_data(&self) -> (Vec<u8>, Vec<u8>) {
        let (table, names) = self.table();
        let place = self.before.len().next_multiple_of(32);
        let mut tables = self.before.clone();
        tables.resize(place, 0);
        tables.extend(table);
        let address = TABLES + place as u64;
        let mut module = [0_u64; 0x400 / 8];
        module[0] = address;
        module[1] = address + names;
        module[17] = self.functions.len() as u64 + 1;
        module[20] = TEXT;
        module[22] = TEXT;
        module[40] = TREES;
        let module: Vec<u8> = module.iter().flat_map(|word| word.to_le_bytes()).collect();
        let data = [module, self.calls.clone(), self.data.clone()].concat();
        (tables, data)
    }
}

/// An ELF file of these segments: flags, address, contents.
pub(crate) fn elf(segments: &[(u32, u64, &[u8])]) -> Vec<u8> {
    let count = segments.len();
    let mut file = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    file.extend([2, 0, 62, 0, 1, 0, 0, 0]);
    for word in [TEXT, 64, 0] {
        file.extend(word.to_le_bytes());
    }
    file.extend([0, 0, 0, 0, 64, 0, 56, 0]);
    file.extend([u8::try_from(count).unwrap(), 0, 64, 0, 0, 0, 0, 0]);
    let mut offset = (64 + 56 * count) as u64;
    for (flags, address, contents) in segments {
        file.extend(words(&[1, *flags]));
        let size = contents.len() as u64;
        for word in [offset, *address, *address, size, size, 1] {
            file.extend(word.to_le_bytes());
        }
        offset += size;
    }
    for (_, _, contents) in segments {
        file.extend(*contents);
    }
    file
}
