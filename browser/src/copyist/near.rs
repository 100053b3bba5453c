//! The copyist, from the worker that seals.

use super::{CopyistError, Said};
use crate::clock::sleep_ms;
use crate::js;
use crate::program::{self, Program};
use futures::StreamExt as _;
use futures::channel::mpsc;
use futures::future::{Either, select};
use js_sys::{Array, ArrayBuffer};
use std::pin::pin;
use wasm_bindgen::JsValue;
use wasm_core::weights::Measured;

/// Its script, beside ours.
const SCRIPT: &str = "copyist_loader.js";
/// How long it may take to start; the page around us has started from the same place.
const START_MS: u32 = 20_000;
/// Pieces on their way to it, so that neither side waits for the other's every step.
const UNDER_WAY: u32 = 8;

/// A copyist at work on one file. Dropping it ends it.
#[derive(Debug)]
pub struct Copyist {
    program: Program,
    heard: mpsc::UnboundedReceiver<Result<Said, String>>,
    under_way: u32,
    /// It said its last.
    ended: bool,
}

impl Copyist {
    /// Starts one, and begins a private file anew; without a name it only measures what it is given.
    ///
    /// # Errors
    /// Where the browser starts no worker, or the file is in use.
    pub async fn start(name: Option<&str>) -> Result<Self, CopyistError> {
        program::quiet().await;
        let mut this =
            Self::open().map_err(|thrown| CopyistError::NotStarted(js::message(&thrown)))?;
        let ready = match select(pin!(this.heard.next()), pin!(sleep_ms(START_MS))).await {
            Either::Left((Some(said), _)) => said,
            Either::Left((None, _)) | Either::Right(_) => Err("it does not answer".into()),
        };
        match ready {
            Ok(Said::Ready) => {}
            Ok(_) => return Err(CopyistError::NotStarted("it is of another version".into())),
            Err(reason) => return Err(CopyistError::NotStarted(reason)),
        }
        this.send(&name.map_or(JsValue::NULL, JsValue::from), &Array::new())?;
        match this.hear().await? {
            Said::Created => Ok(this),
            _ => Err(unexpected()),
        }
    }

    fn open() -> Result<Self, JsValue> {
        let (said, heard) = mpsc::unbounded();
        let program = Program::start(SCRIPT, move |heard| {
            let heard = heard.and_then(|text| {
                let text = text.as_string().unwrap_or_default();
                serde_json::from_str(&text).map_err(|error| error.to_string())
            });
            let _ = said.unbounded_send(heard);
        })?;
        Ok(Self { program, heard, under_way: 0, ended: false })
    }

    /// Hands over the next sealed piece, whose buffer is empty afterwards. Waits while many are under way.
    ///
    /// # Errors
    /// Where the file could not be written.
    pub async fn take(&mut self, piece: &ArrayBuffer) -> Result<(), CopyistError> {
        while self.under_way >= UNDER_WAY {
            self.taken().await?;
        }
        self.send(piece, &Array::of1(piece))?;
        self.under_way += 1;
        Ok(())
    }

    /// Makes the file last. Returns what was written, as it was measured.
    ///
    /// # Errors
    /// Where the file could not be written.
    pub async fn finish(mut self) -> Result<Measured, CopyistError> {
        while self.under_way > 0 {
            self.taken().await?;
        }
        self.send(&true.into(), &Array::new())?;
        match self.hear().await? {
            Said::Finished(measured) => Ok(measured),
            _ => Err(unexpected()),
        }
    }

    /// Closes the file as it is, so that it can be begun anew or deleted.
    pub async fn abandon(mut self) {
        if self.ended || self.send(&false.into(), &Array::new()).is_err() {
            return;
        }
        // Whatever it says before that is of no use any more.
        while !matches!(self.hear().await, Ok(Said::Abandoned) | Err(_)) {}
    }

    async fn taken(&mut self) -> Result<(), CopyistError> {
        match self.hear().await? {
            Said::Taken => self.under_way -= 1,
            _ => return Err(unexpected()),
        }
        Ok(())
    }

    async fn hear(&mut self) -> Result<Said, CopyistError> {
        let heard = match self.heard.next().await {
            Some(Ok(Said::Failed(error))) => Err(error.into()),
            Some(Ok(said)) => Ok(said),
            Some(Err(reason)) => Err(CopyistError::Ended(reason)),
            None => Err(unexpected()),
        };
        self.ended |= heard.is_err();
        heard
    }

    fn send(&self, message: &JsValue, transferred: &Array) -> Result<(), CopyistError> {
        self.program
            .post(message, transferred)
            .map_err(|thrown| CopyistError::Ended(js::message(&thrown)))
    }
}

fn unexpected() -> CopyistError {
    CopyistError::Ended("it says something that was not asked".into())
}
