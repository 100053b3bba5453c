//! Guests of this worker: other pages of the origin that use its wallet, each over a channel of its own.

use crate::dapp;
use crate::post::{packed, parcel};
use crate::serve::{Desk, Parcel, answer_parcel, read};
use bridge::guest::{LOBBY, PageNumber, Word, channel_of};
use bridge::protocol::{Event, Request, RequestId, VERSION};
use browser::clock::now_ms;
use browser::turn;
use std::cell::RefCell;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{BroadcastChannel, MessageEvent};

/// How many guests are kept. Whoever said nothing for longest goes first, and says hello again if it lives.
const MOST: usize = 32;

/// The guests of this worker.
struct Lobby {
    /// Heard for as long as it is kept.
    _channel: BroadcastChannel,
    guests: Vec<Guest>,
    last: PageNumber,
    _ear: Closure<dyn FnMut(MessageEvent)>,
}

/// A page of this origin that uses the wallet here.
struct Guest {
    name: String,
    number: PageNumber,
    channel: BroadcastChannel,
    heard_ms: u64,
    _ear: Closure<dyn FnMut(MessageEvent)>,
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.channel.set_onmessage(None);
        self.channel.close();
    }
}

thread_local! {
    /// Nothing in a worker that waits for its turn, or scores.
    static OPEN: RefCell<Option<Lobby>> = const { RefCell::new(None) };
}

/// Takes in guests from now on, and says so to those that wait.
pub(crate) fn open(desk: &Desk) {
    // A browser without channels has no guests: their pages say that the wallet is open elsewhere.
    let Ok(channel) = BroadcastChannel::new(LOBBY) else { return };
    let ear = {
        let desk = Desk::clone(desk);
        Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(Word::Hello { guest }) = word(&event) {
                welcome(&desk, guest);
            }
        })
    };
    channel.set_onmessage(Some(ear.as_ref().unchecked_ref()));
    // Whoever cannot hear it says hello by itself.
    let _ = channel.post_message(&Word::Here.write().into());
    let lobby = Lobby { _channel: channel, guests: Vec::new(), last: PageNumber::OWN, _ear: ear };
    OPEN.with_borrow_mut(|open| *open = Some(lobby));
}

/// Says something to all guests: one JSON text, as it was said to the own page.
pub(crate) fn tell(text: &str) {
    OPEN.with_borrow(|open| {
        for guest in open.iter().flat_map(|lobby| &lobby.guests) {
            // One that is gone cannot be told.
            let _ = guest.channel.post_message(&parcel(text, None));
        }
    });
}

/// Whether a page is there, as far as is known.
pub(crate) fn is_known(page: PageNumber) -> bool {
    page == PageNumber::OWN
        || OPEN.with_borrow(|open| {
            open.iter().flat_map(|lobby| &lobby.guests).any(|guest| guest.number == page)
        })
}

fn word(event: &MessageEvent) -> Option<Word> {
    event.data().as_string().and_then(|text| Word::read(&text))
}

/// Takes a guest in, unless it is here already, and says that it may talk.
fn welcome(desk: &Desk, name: String) {
    OPEN.with_borrow_mut(|open| {
        let Some(lobby) = open else { return };
        let known = lobby.guests.iter_mut().find(|guest| guest.name == name);
        let channel = match known {
            Some(guest) => {
                guest.heard_ms = now_ms();
                guest.channel.clone()
            }
            None => match lobby.take_in(desk, name) {
                Some(channel) => channel,
                None => return,
            },
        };
        let _ = channel.post_message(&Word::Welcome { version: VERSION }.write().into());
    });
}

impl Lobby {
    fn take_in(&mut self, desk: &Desk, name: String) -> Option<BroadcastChannel> {
        let number = self.last.next()?;
        let channel_name = channel_of(&name)?;
        let channel = BroadcastChannel::new(&channel_name).ok()?;
        self.last = number;
        if self.guests.len() >= MOST {
            let quietest = self.guests.iter().enumerate().min_by_key(|(_, guest)| guest.heard_ms);
            if let Some((at, _)) = quietest {
                self.guests.remove(at);
            }
        }
        let ear = {
            let (desk, channel) = (Desk::clone(desk), channel.clone());
            Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
                hear(&desk, number, &channel, &event);
            })
        };
        channel.set_onmessage(Some(ear.as_ref().unchecked_ref()));
        {
            let desk = Desk::clone(desk);
            wasm_bindgen_futures::spawn_local(async move {
                // The guest has this lock as long as it lives.
                if turn::free(&channel_name).await.is_ok() {
                    leave(&desk, number);
                }
            });
        }
        let guest = Guest { name, number, channel: channel.clone(), heard_ms: now_ms(), _ear: ear };
        self.guests.push(guest);
        Some(channel)
    }
}

/// Hears what a guest says.
fn hear(desk: &Desk, page: PageNumber, channel: &BroadcastChannel, event: &MessageEvent) {
    OPEN.with_borrow_mut(|open| {
        let guests = open.iter_mut().flat_map(|lobby| &mut lobby.guests);
        for guest in guests.filter(|guest| guest.number == page) {
            guest.heard_ms = now_ms();
        }
    });
    match word(event) {
        Some(Word::Ping) => {
            let _ = channel.post_message(&Word::Pong.write().into());
        }
        // Its ear is the one that hears this, and must not be taken away meanwhile.
        Some(Word::Bye) => {
            let desk = Desk::clone(desk);
            wasm_bindgen_futures::spawn_local(async move { leave(&desk, page) });
        }
        Some(_) => {}
        None => serve(desk, page, channel, event),
    }
}

/// A guest is gone, and whatever waited for a decision in it ends.
fn leave(desk: &Desk, page: PageNumber) {
    let gone = OPEN.with_borrow_mut(|open| {
        let guests = &mut open.as_mut()?.guests;
        let at = guests.iter().position(|guest| guest.number == page)?;
        Some(guests.remove(at))
    });
    drop(gone);
    if let Ok(context) = &*desk.borrow() {
        dapp::page_gone(context, page);
    }
}

/// Answers a guest's request, on its own channel and under its own name.
fn serve(desk: &Desk, page: PageNumber, channel: &BroadcastChannel, event: &MessageEvent) {
    let (theirs, parcel) = match read(event) {
        Ok(parcel) => (parcel.id, named(page, parcel)),
        Err(Some(id)) => (id, None),
        Err(None) => return,
    };
    let (answer, channel) = (answer_parcel(desk, parcel), channel.clone());
    wasm_bindgen_futures::spawn_local(async move {
        let (result, file) = answer.await;
        let reply = Event::Reply { id: theirs, result };
        // One that left meanwhile loses its answers, and nothing else.
        let _ = channel.post_message(&packed(&reply, file.as_ref()));
    });
}

/// The request under the name by which this worker knows it, and what it names.
fn named(page: PageNumber, parcel: Parcel) -> Option<Parcel> {
    let own = |id: RequestId| page.request(id);
    let request = match parcel.request {
        Request::Cancel(other) => Request::Cancel(own(other)?),
        request => request,
    };
    Some(Parcel { id: own(parcel.id)?, request, file: parcel.file })
}
