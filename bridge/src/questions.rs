//! Typed questions to the worker about one subject: each takes the one reply that answers it.

/// Defines a method of [`Bridge`](crate::page::Bridge) for each question. `asked` is the variant of
/// [`Request`](crate::protocol::Request), `answered` that of [`Reply`](crate::protocol::Reply), whose
/// contents say what exactly.
macro_rules! questions {
    (asked $asked:ident, answered $answered:ident; $($(#[$doc:meta])* $name:ident($($arg:ident: $kind:ty),*) => $request:expr, $reply:pat => $value:expr, $answer:ty;)*) => {
        #[expect(clippy::missing_errors_doc, reason = "each fails as the worker says, or because it stopped")]
        impl $crate::page::Bridge {
            $($(#[$doc])*
            pub async fn $name(&self $(, $arg: $kind)*) -> Result<$answer, $crate::protocol::Failure> {
                let request = $crate::protocol::Request::$asked($crate::late::Late::new(&$request));
                self.ask(request, |reply| match reply {
                    $crate::protocol::Reply::$answered(reply) => match reply.read()? {
                        $reply => Ok($value),
                        _ => Err($crate::page::unexpected()),
                    },
                    _ => Err($crate::page::unexpected()),
                }).await
            })*
        }
    };
}
pub(crate) use questions;
