use super::{Download, STALL};
use crate::address::ObjectId;
use crate::digest::{Checksum, blake2b256};
use crate::download::{
    ContentRange, DownloadError, FailureReason, FetchError, FileAnswer, FileBody, Files, Resource,
    SourceFailure,
};
use crate::keys::tests::Counter;
use crate::manifest::{Manifest, Url};
use crate::weights::{DecryptionKey, ManifestMismatch, Sealer};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const FILE: &[u8] = b"0123456789";
const HOST: &str = "https://files.example/weights";
const NODE: &str = "http://127.0.0.1:9000";

/// Runs a future that never has to wait, as those of the fake do not.
fn block_on<O>(future: impl Future<Output = O>) -> O {
    let mut future = pin!(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("a fake made its caller wait"),
    }
}

/// What a server does with one request.
#[derive(Clone)]
struct Say {
    status: u16,
    length: Option<u64>,
    range: Option<ContentRange>,
    pieces: Vec<Result<Vec<u8>, FetchError>>,
}

impl Say {
    fn status(status: u16) -> Self {
        Self { status, length: None, range: None, pieces: Vec::new() }
    }

    fn whole(file: &[u8]) -> Self {
        Self { pieces: vec![Ok(file.to_vec())], ..Self::status(200) }
    }

    /// The part of a file from a position on.
    fn part(file: &[u8], first: usize) -> Self {
        let total = file.len() as u64;
        let range = ContentRange { first: first as u64, last: total - 1, total: Some(total) };
        Self { range: Some(range), status: 206, ..Self::whole(&file[first..]) }
    }

    fn broken(mut self) -> Self {
        self.pieces.push(Err(FetchError::Broke("reset".into())));
        self
    }
}

/// A web of servers that answer in turn.
#[derive(Clone, Default)]
struct Web {
    answers: Rc<RefCell<VecDeque<Result<Say, FetchError>>>>,
    asked: Rc<RefCell<Vec<(String, u64)>>>,
    paused: Rc<RefCell<Vec<Duration>>>,
}

struct Body(VecDeque<Result<Vec<u8>, FetchError>>);

impl FileBody for Body {
    async fn next(&mut self, into: &mut Vec<u8>, patience: Duration) -> Result<bool, FetchError> {
        assert!(patience >= STALL);
        into.clear();
        match self.0.pop_front() {
            Some(piece) => into.extend(piece?),
            None => return Ok(false),
        }
        Ok(true)
    }
}

impl Files for Web {
    type Body = Body;

    async fn open(
        &self,
        url: &Url,
        from: u64,
        _: Duration,
    ) -> Result<FileAnswer<Body>, FetchError> {
        self.asked.borrow_mut().push((url.as_str().to_owned(), from));
        let say = self.answers.borrow_mut().pop_front().expect("no more was to be asked")?;
        let Say { status, length, range, pieces } = say;
        Ok(FileAnswer { status, length, range, body: Body(pieces.into()) })
    }

    async fn pause(&self, duration: Duration) {
        self.paused.borrow_mut().push(duration);
    }
}

fn web(answers: impl IntoIterator<Item = Say>) -> Web {
    let web = Web::default();
    web.answers.borrow_mut().extend(answers.into_iter().map(Ok));
    web
}

fn manifest(file: &[u8]) -> Manifest {
    let checksum = Checksum(blake2b256(&[file]));
    Manifest::new(HOST.parse().unwrap(), checksum, file.len() as u64)
}

fn download(web: &Web) -> Download<Web> {
    let node: Url = NODE.parse().unwrap();
    Download::new(web.clone(), manifest(FILE), Some(&node), Resource::Model(ObjectId::ZERO))
}

fn proxy() -> String {
    format!("{NODE}/model/{}", "0".repeat(64))
}

/// What came, piece by piece, and how it ended.
fn run(download: &mut Download<Web>) -> (Vec<(u64, String)>, Result<(), DownloadError>) {
    let (mut pieces, mut buffer) = (Vec::new(), Vec::new());
    loop {
        match block_on(download.next(&mut buffer)) {
            Ok(Some(at)) => pieces.push((at, String::from_utf8_lossy(&buffer).into_owned())),
            Ok(None) => return (pieces, Ok(())),
            Err(error) => return (pieces, Err(error)),
        }
    }
}

fn pieces(of: &[(u64, &str)]) -> Vec<(u64, String)> {
    of.iter().map(|&(at, text)| (at, text.to_owned())).collect()
}

fn asked(web: &Web) -> Vec<(String, u64)> {
    web.asked.borrow().clone()
}

#[test]
fn the_manifests_own_place_is_asked_first() {
    let web = web([Say::whole(FILE)]);
    let mut download = download(&web);
    assert_eq!(run(&mut download), (pieces(&[(0, "0123456789")]), Ok(())));
    assert_eq!(asked(&web), [(HOST.to_owned(), 0)]);
    assert_eq!(download.position(), 10);
}

#[test]
fn a_broken_connection_goes_on_where_it_broke() {
    let mut first = Say::whole(b"0123").broken();
    first.length = Some(10);
    let web = web([first, Say::part(FILE, 4)]);
    let came = run(&mut download(&web));
    assert_eq!(came, (pieces(&[(0, "0123"), (4, "456789")]), Ok(())));
    assert_eq!(asked(&web), [(HOST.to_owned(), 0), (HOST.to_owned(), 4)]);
    assert_eq!(*web.paused.borrow(), [Duration::from_secs(1)]);
}

#[test]
fn a_server_that_begins_anew_is_read_past_what_came_before() {
    let mut anew = Say::status(200);
    anew.pieces = vec![Ok(b"012".to_vec()), Ok(b"3456".to_vec()), Ok(b"789".to_vec())];
    let web = web([Say::whole(b"0123").broken(), anew]);
    let came = run(&mut download(&web));
    assert_eq!(came, (pieces(&[(0, "0123"), (4, "456"), (7, "789")]), Ok(())));
}

#[test]
fn a_part_that_begins_early_is_cut_and_one_that_begins_late_is_refused() {
    let web = web([Say::whole(b"0123").broken(), Say::part(FILE, 2)]);
    assert_eq!(run(&mut download(&web)).0, pieces(&[(0, "0123"), (4, "456789")]));

    let late = [Say::whole(b"0123").broken(), Say::part(FILE, 5), Say::part(FILE, 4)];
    let web = self::web(late);
    assert_eq!(run(&mut download(&web)).0, pieces(&[(0, "0123"), (4, "456789")]));
    // The host had its chance; the node goes on.
    assert_eq!(asked(&web)[2], (proxy(), 4));
}

#[test]
fn a_range_that_a_browser_hides_is_taken_on_trust_of_the_checksum() {
    let hidden = Say { range: None, ..Say::part(FILE, 4) };
    let web = web([Say::whole(b"0123").broken(), hidden]);
    assert_eq!(run(&mut download(&web)), (pieces(&[(0, "0123"), (4, "456789")]), Ok(())));
}

#[test]
fn the_node_is_asked_where_the_host_does_not_have_the_file() {
    let page = Say { length: Some(31), ..Say::whole(b"<html>Your link expired</html>") };
    for first in [Say::status(404), Say::status(403), page] {
        let web = web([first, Say::whole(FILE)]);
        assert_eq!(run(&mut download(&web)), (pieces(&[(0, "0123456789")]), Ok(())));
        assert_eq!(asked(&web), [(HOST.to_owned(), 0), (proxy(), 0)]);
        assert!(web.paused.borrow().is_empty());
    }
}

#[test]
fn a_server_in_trouble_is_asked_three_times() {
    let web = web([503, 502, 500].map(Say::status).into_iter().chain([Say::whole(FILE)]));
    assert_eq!(run(&mut download(&web)).1, Ok(()));
    let asked: Vec<String> = asked(&web).into_iter().map(|(url, _)| url).collect();
    assert_eq!(asked, [HOST, HOST, HOST, &proxy()]);
    assert_eq!(*web.paused.borrow(), [1, 2].map(Duration::from_secs));
}

#[test]
fn bytes_of_another_file_are_fetched_again_elsewhere_from_the_beginning() {
    let web = web([Say::whole(b"012345678!"), Say::whole(FILE)]);
    let came = run(&mut download(&web));
    assert_eq!(came, (pieces(&[(0, "012345678!"), (0, "0123456789")]), Ok(())));
}

#[test]
fn a_file_of_two_sources_that_is_wrong_is_fetched_whole_from_the_second() {
    // The host sends four wrong bytes and goes away; what the node adds cannot make it right.
    let dead = (0..3).map(|_| Say::status(500));
    let answers = [Say::whole(b"0!23").broken()]
        .into_iter()
        .chain(dead.take(2))
        .chain([Say::part(FILE, 4), Say::whole(FILE)]);
    let web = web(answers);
    let (came, end) = run(&mut download(&web));
    assert_eq!(came, pieces(&[(0, "0!23"), (4, "456789"), (0, "0123456789")]));
    assert_eq!(end, Ok(()));
    assert_eq!(asked(&web)[3..], [(proxy(), 4), (proxy(), 0)]);
}

#[test]
fn nobody_who_has_the_file_is_told_with_every_reason() {
    let web = web([Say::whole(b"0123456789!"), Say::status(400)]);
    let (came, end) = run(&mut download(&web));
    assert_eq!(came, []);
    let failures = vec![
        SourceFailure {
            url: HOST.parse().unwrap(),
            reason: FailureReason::Mismatch(ManifestMismatch::TooLong { expected: 10 }),
        },
        SourceFailure { url: proxy().parse().unwrap(), reason: FailureReason::Status(400) },
    ];
    let error = end.unwrap_err();
    assert!(error.to_string().contains("status 400") && error.to_string().contains(HOST));
    assert_eq!(error, DownloadError::NotToBeHad(failures));
}

#[test]
fn a_file_that_is_cut_short_every_time_is_given_up() {
    let web = web((0..6).map(|_| Say::whole(b"0123")));
    let (came, end) = run(&mut download(&web));
    assert_eq!(came, pieces(&[(0, "0123"), (0, "0123")]));
    assert_eq!(asked(&web)[2..4], [(HOST.to_owned(), 4), (proxy(), 0)]);
    assert!(matches!(end, Err(DownloadError::NotToBeHad(failures)) if failures.len() == 2));
}

#[test]
fn a_silent_server_is_not_waited_for_for_ever() {
    let web = Web::default();
    let late = || Err(FetchError::Late(STALL));
    web.answers.borrow_mut().extend([late(), late(), late(), Ok(Say::whole(FILE))]);
    assert_eq!(run(&mut download(&web)).1, Ok(()));
    assert_eq!(asked(&web)[3].0, proxy());
}

#[test]
fn a_download_that_is_stopped_asks_nobody_else() {
    let web = Web::default();
    web.answers.borrow_mut().push_back(Err(FetchError::Stopped));
    assert_eq!(run(&mut download(&web)), (Vec::new(), Err(DownloadError::Stopped)));
    assert_eq!(asked(&web).len(), 1);
}

#[test]
fn a_place_that_is_not_of_the_web_is_not_asked() {
    let web = web([Say::whole(FILE)]);
    let manifest = Manifest::new(
        "ipfs://weights".parse().unwrap(),
        manifest(FILE).checksum(),
        FILE.len() as u64,
    );
    let node: Url = NODE.parse().unwrap();
    let resource = Resource::Data(ObjectId::ZERO);
    let download = Download::new(web.clone(), manifest, Some(&node), resource);
    assert_eq!(block_on(download.collect()).unwrap(), FILE);
    assert_eq!(asked(&web), [(proxy().replace("model", "data"), 0)]);
}

#[test]
fn bytes_of_an_earlier_run_are_not_asked_for_again() {
    let web = web([Say::part(FILE, 6)]);
    let mut download = download(&web);
    download.resume_after(&mut b"012".to_vec()).unwrap();
    download.resume_after(&mut b"345".to_vec()).unwrap();
    assert_eq!(run(&mut download), (pieces(&[(6, "6789")]), Ok(())));
    assert_eq!(asked(&web), [(HOST.to_owned(), 6)]);
}

#[test]
fn bytes_of_an_earlier_run_that_are_wrong_cost_a_fetch_of_the_whole() {
    let web = web([Say::part(FILE, 3), Say::whole(FILE)]);
    let mut download = download(&web);
    download.resume_after(&mut b"abc".to_vec()).unwrap();
    assert_eq!(run(&mut download).0, pieces(&[(3, "3456789"), (0, "0123456789")]));

    let mut whole = self::download(&self::web([Say::whole(FILE)]));
    whole.resume_after(&mut b"abcdefghij".to_vec()).unwrap();
    assert_eq!(run(&mut whole), (pieces(&[(0, "0123456789")]), Ok(())));
    let too_long = ManifestMismatch::TooLong { expected: 10 };
    let mut fresh = self::download(&Web::default());
    assert_eq!(fresh.resume_after(&mut [0; 11]), Err(too_long));
}

fn sealed() -> (Vec<u8>, Manifest, DecryptionKey) {
    let (mut sealer, key) = Sealer::make(&mut Counter(0));
    let mut file = b"weights of a model, sealed".to_vec();
    sealer.update(&mut file);
    let manifest = sealer.finish().manifest(HOST.parse().unwrap());
    (file, manifest, key)
}

#[test]
fn weights_come_decrypted_and_with_a_witness() {
    let (file, manifest, key) = sealed();
    let web = web([Say::whole(&file[..7]).broken(), Say::part(&file, 7)]);
    let resource = Resource::Model(ObjectId::ZERO);
    let mut download = Download::opening(web, manifest.clone(), key, None, resource);
    let (came, end) = run(&mut download);
    assert_eq!(end, Ok(()));
    assert_eq!(came, pieces(&[(0, "weights"), (7, " of a model, sealed")]));
    assert_eq!(download.into_verified().unwrap().manifest(), &manifest);
}

#[test]
fn an_empty_file_needs_nobody() {
    let web = Web::default();
    let resource = Resource::Data(ObjectId::ZERO);
    let download = Download::new(web.clone(), manifest(b""), None, resource);
    assert_eq!(block_on(download.collect()).unwrap(), b"");
    let not_empty = Manifest::new(HOST.parse().unwrap(), Checksum([1; 32]), 0);
    let download = Download::new(web, not_empty, None, resource);
    assert!(matches!(block_on(download.collect()), Err(DownloadError::NotToBeHad(_))));
}
