//! A peer on a bare TCP socket, for answers that no library would give.

use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A request as it came over the socket.
pub(crate) struct Received {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Received {
    /// Reads one HTTP/1.1 request.
    async fn read(stream: &mut tokio::net::TcpStream) -> Self {
        let mut bytes = Vec::new();
        loop {
            if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                let head = String::from_utf8(bytes[..end].to_vec()).expect("a head in ASCII");
                let head = head.to_lowercase();
                let length = head
                    .lines()
                    .find_map(|line| line.strip_prefix("content-length: "))
                    .map_or(0, |length| length.parse().expect("a number"));
                let body = bytes[end + 4..].to_vec();
                if body.len() >= length {
                    return Self { head, body };
                }
            }
            let read = stream.read_buf(&mut bytes).await.expect("the client sends");
            assert!(read > 0, "the client hung up");
        }
    }
}

/// Takes one request, writes the answer and hangs up.
pub(crate) async fn answer_once(answer: Vec<u8>) -> (SocketAddr, JoinHandle<Received>) {
    let (address, task) = answer_in_turn(vec![answer]).await;
    (address, tokio::spawn(async { task.await.expect("a request").remove(0) }))
}

/// Takes a request for each answer, writes it and hangs up.
pub(crate) async fn answer_in_turn(
    answers: Vec<Vec<u8>>,
) -> (SocketAddr, JoinHandle<Vec<Received>>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let address = listener.local_addr().expect("a bound port");
    let task = tokio::spawn(async move {
        let mut all = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().await.expect("a client");
            all.push(Received::read(&mut stream).await);
            stream.write_all(&answer).await.expect("the client reads");
            stream.shutdown().await.expect("the client reads");
        }
        all
    });
    (address, task)
}

/// An answer of HTTP/1.1 that ends with the connection.
pub(crate) fn http(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\nconnection: close\r\n{headers}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

pub(crate) const GRPC_WEB: &str = "content-type: application/grpc-web+proto";
