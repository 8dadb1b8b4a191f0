//! A connection on which nothing takes longer than until some moment.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::process::left;

/// A connection with a deadline for all that is read and written.
pub(super) struct InTime {
    stream: TcpStream,
    deadline: Instant,
}

impl InTime {
    pub(super) fn new(stream: TcpStream, deadline: Instant) -> Self {
        Self { stream, deadline }
    }

    /// The time that is left. The system's limit is for one read, so who sends a byte now and then is waited for
    /// without end, unless it is set anew before each.
    fn left(&self) -> io::Result<Option<Duration>> {
        match left(self.deadline) {
            Duration::ZERO => Err(late()),
            left => Ok(Some(left)),
        }
    }
}

impl Read for InTime {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(self.left()?)?;
        self.stream.read(buffer).map_err(in_words)
    }
}

impl Write for InTime {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(self.left()?)?;
        self.stream.write(bytes).map_err(in_words)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// The system says only that nothing is there yet.
fn in_words(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => late(),
        _ => error,
    }
}

fn late() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "no answer in time")
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn who_says_nothing_is_not_waited_for() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let soon = Instant::now() + Duration::from_millis(20);
        let mut stream = InTime::new(stream, soon);
        for _ in 0..2 {
            let error = stream.read(&mut [0]).unwrap_err();
            assert_eq!(error.to_string(), "no answer in time");
        }
        assert!(stream.write(b"?").is_err());
    }
}
