//! How much garbage Go's compiler and linker leave before they collect it.

/// The variable that tells Go's runtime, and so all of Go's own tools.
pub(super) const VARIABLE: &str = "GOGC";

/// Percent of what is in use. More costs memory and hardly saves time any more (docs/performance.md).
const SELDOM: &str = "400";

/// Bytes for each core from which on there is room for that: the linker of a program of 50 MB, which takes most of
/// all, stays below.
const ROOM: u64 = 2 << 30;

/// What compilers are told on a machine that has so many bytes for so many cores; none is Go's own choice. Memory that
/// has no limit, or that nothing tells of, counts as room.
pub(super) fn percent((cores, memory): (u32, Option<u64>)) -> Option<&'static str> {
    let has_room = memory.is_none_or(|memory| memory / u64::from(cores.max(1)) >= ROOM);
    has_room.then_some(SELDOM)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn garbage_is_collected_seldom_where_each_core_has_memory_for_it() {
        assert_eq!(percent((2, Some(2 * ROOM))), Some(SELDOM));
        assert_eq!(percent((2, Some(2 * ROOM - 2))), None);
        assert_eq!(percent((0, Some(ROOM))), Some(SELDOM));
    }

    #[test]
    fn memory_without_a_limit_is_room() {
        assert_eq!(percent((8, None)), Some(SELDOM));
    }
}
