//! What it costs to make the key from a password, by scrypt.
//!
//! Source: `crypto_pwhash_scryptsalsa208sha256` of libsodium, whose limits of operations and memory a key file has: how
//! these become the parameters of RFC 7914.

use scrypt::Params;

/// Blocks that are mixed at once: always so many.
const R: u64 = 8;

/// No key wants more memory; minisign's own want 1 GiB.
const MOST: u64 = 2 << 30;

/// The parameters for limits of operations and memory; none where these ask for more than any key does, or nothing fits.
pub(super) fn params(operations: u64, memory: u64) -> Option<Params> {
    let operations = operations.max(32_768);
    let is_bound_by_time = operations < memory / 32;
    let most_n = if is_bound_by_time {
        operations / (R * 4)
    } else {
        memory / (R * 128)
    };
    let log_n = (1..63_u32).find(|log| 1_u64 << log > most_n / 2)?;
    let n = 1_u64 << log_n;
    let p = if is_bound_by_time {
        1
    } else {
        (operations / 4 / n).min(0x3fff_ffff) / R
    };
    if n.checked_mul(R * 128)? > MOST || p > 16 {
        return None;
    }
    Params::new(u8::try_from(log_n).ok()?, 8, u32::try_from(p).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_of_minisign_are_a_gibibyte_at_once() {
        let params = params(33_554_432, 1 << 30).unwrap();
        assert_eq!((params.log_n(), params.r(), params.p()), (20, 8, 1));
    }

    #[test]
    fn limits_that_no_key_has_are_refused() {
        for (operations, memory) in [
            (u64::MAX, u64::MAX),
            (1 << 40, 1 << 40),
            (0, 0),
            (1 << 40, 1 << 20),
        ] {
            assert!(
                params(operations, memory).is_none(),
                "{operations} {memory}"
            );
        }
    }

    #[test]
    fn few_operations_take_little_memory() {
        let params = params(524_288, 1 << 30).unwrap();
        assert_eq!((params.log_n(), params.r(), params.p()), (14, 8, 1));
    }
}
