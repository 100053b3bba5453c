//! Every picture of the interface: 20-unit line drawings, inline, in the colour of their text.

use leptos::prelude::*;

/// A picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Icon {
    Home,
    Send,
    Models,
    Score,
    Match,
    Target,
    Activity,
    Settings,
    Lock,
    Copy,
    Check,
    Cross,
    Qr,
    Eye,
    EyeOff,
    Info,
    Caution,
    Danger,
    Plus,
    Trash,
    Download,
    Upload,
    File,
    Clock,
    ArrowRight,
    ArrowLeft,
    ArrowUp,
    ArrowDown,
    Edit,
    Drop,
    Refresh,
    Pause,
    Key,
    More,
    Network,
    Search,
    Stake,
    Elsewhere,
    Panel,
}

impl Icon {
    /// The drawing: what is stroked.
    const fn path(self) -> &'static str {
        match self {
            Self::Home => "M3 9.2 10 3.5l7 5.7M5 8v8.5h10V8M8.2 16.5v-5h3.6v5",
            Self::Send => "M4 16 16 4M7.5 4H16v8.5",
            Self::Models => {
                "M10 2.8 16.5 6.4v7.2L10 17.2 3.5 13.6V6.4zM3.7 6.5 10 10l6.3-3.5M10 10v7"
            }
            Self::Match => "M2.5 5h7M2.5 10h6M2.5 15h7M11.5 10.5l2.5 2.5 4-5.5",
            Self::Score => "M2.5 17h15M4.5 17v-5h3v5M8.5 17V4h3v13M12.5 17V8.5h3V17",
            Self::Target => {
                "M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15M10 6.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7M10 9.9v.2"
            }
            Self::Activity => "M2.5 10.5h3l2.2-6 4.2 11 2.3-5h3.3",
            Self::Settings => {
                "M3 5.5h7.5M14.5 5.5H17M3 14.5h2.5M9.5 14.5H17M12.5 3.5a2 2 0 1 1 0 4 2 2 0 0 1 0-4M7.5 12.5a2 2 0 1 1 0 4 2 2 0 0 1 0-4M3 10h14"
            }
            Self::Lock => "M4.5 9h11v8h-11zM7 9V6.2a3 3 0 0 1 6 0V9M10 12v2",
            Self::Copy => "M7 7h9.5v9.5H7zM13 7V3.5H3.5V13H7",
            Self::Elsewhere => "M11.5 3.5h5v5M16.5 3.5 9 11M8 4.5H3.5v12h12V12",
            Self::Panel => "M3 4h14v12H3zM12 4v12",
            Self::Check => "m4 10.5 4 4 8-9",
            Self::Cross => "m5 5 10 10M15 5 5 15",
            Self::Qr => {
                "M3.5 3.5h5v5h-5zM11.5 3.5h5v5h-5zM3.5 11.5h5v5h-5zM11.5 11.5h2v2M16.5 11.5v5h-5v-2"
            }
            Self::Eye => {
                "M2 10s3-5.5 8-5.5 8 5.5 8 5.5-3 5.5-8 5.5S2 10 2 10M10 7.7a2.3 2.3 0 1 1 0 4.6 2.3 2.3 0 0 1 0-4.6"
            }
            Self::EyeOff => "M2 10s3-5.5 8-5.5 8 5.5 8 5.5-3 5.5-8 5.5S2 10 2 10M4 16 16 4",
            Self::Info => "M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15M10 9v5M10 6.2v.1",
            Self::Caution => "M10 3 18 17H2zM10 8.2v4M10 14.5v.1",
            Self::Danger => "M6.9 2.5h6.2l4.4 4.4v6.2l-4.4 4.4H6.9l-4.4-4.4V6.9zM10 6v5M10 13.9v.1",
            Self::Plus => "M10 4v12M4 10h12",
            Self::Trash => "M3.5 5.5h13M8 5.5V3.5h4v2M5 5.5l.8 11h8.4l.8-11M8.5 8.5v5M11.5 8.5v5",
            Self::Download => "M10 3v10M6 9.5l4 4 4-4M3.5 16.5h13",
            Self::Upload => "M10 13.5v-10M6 7l4-4 4 4M3.5 16.5h13",
            Self::File => "M5 2.5h6.5L15 6v11.5H5zM11.5 2.5V6H15",
            Self::Clock => "M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15M10 5.8V10l3 2",
            Self::ArrowRight => "M3.5 10h13M11.5 5l5 5-5 5",
            Self::ArrowLeft => "M16.5 10h-13M8.5 5l-5 5 5 5",
            Self::ArrowUp => "M10 16.5v-13M5 8.5l5-5 5 5",
            Self::ArrowDown => "M10 3.5v13M5 11.5l5 5 5-5",
            Self::Edit => "M4 16l.8-3.4L13 4.4l2.6 2.6-8.2 8.2zM11.5 6l2.6 2.6",
            Self::Drop => "M10 2.8s5.2 5.4 5.2 9a5.2 5.2 0 0 1-10.4 0c0-3.6 5.2-9 5.2-9",
            Self::Refresh => "M16 6.5A7 7 0 1 0 17 10M16.5 3v4h-4",
            Self::Pause => "M7 4v12M13 4v12",
            Self::More => "M4 10h.01M10 10h.01M16 10h.01M4 9.5v1M10 9.5v1M16 9.5v1",
            Self::Network => {
                "M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15M2.7 8h14.6M2.7 12h14.6M10 2.5c-4.5 4.6-4.5 10.4 0 15 4.5-4.6 4.5-10.4 0-15"
            }
            Self::Search => "M8.5 3a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11M12.6 12.6 17 17",
            Self::Stake => {
                "M10 3c4 0 6.5 1.1 6.5 2.5S14 8 10 8 3.5 6.9 3.5 5.5 6 3 10 3M3.5 5.5v9C3.5 15.9 6 17 10 17s6.5-1.1 6.5-2.5v-9M3.5 10c0 1.4 2.5 2.5 6.5 2.5s6.5-1.1 6.5-2.5"
            }
            Self::Key => "M7 8.5a4 4 0 1 1 0 6 4 4 0 0 1 0-6M10.2 9.5l6-6M13.5 6.2l2 2",
        }
    }
}

/// Shows a picture. It says nothing to a screen reader; the words beside it do.
#[component]
pub(crate) fn Pictogram(
    /// Which.
    #[prop(into)]
    icon: Signal<Icon>,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
            <path d=move || icon.get().path() />
        </svg>
    }
}
