//! Whom the gateway believes over TLS: what the public trusts, and what files name besides.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::{ClientConfig, RootCertStore};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why certificates cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A file cannot be read, or is not PEM.
    #[error("the certificates in {} cannot be read: {source}", file.display())]
    Unreadable {
        /// Which one.
        file: PathBuf,
        /// What is wrong with it.
        source: pem::Error,
    },
    /// A file has none.
    #[error("there is no certificate in {}", .0.display())]
    None(PathBuf),
    /// A certificate that cannot be a root.
    #[error("a certificate in {} cannot be trusted: {source}", file.display())]
    Unusable {
        /// Which one.
        file: PathBuf,
        /// What is wrong with it.
        source: rustls::Error,
    },
}

/// TLS as a client, with the public's roots and those of the files.
pub(crate) fn trusted(files: &[PathBuf]) -> Result<ClientConfig, CertificateError> {
    let mut roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    for file in files {
        add(&mut roots, file)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider supports the versions it was built with");
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

fn add(roots: &mut RootCertStore, file: &Path) -> Result<(), CertificateError> {
    let unreadable = |source| CertificateError::Unreadable { file: file.to_owned(), source };
    let mut found = false;
    for certificate in CertificateDer::pem_file_iter(file).map_err(unreadable)? {
        roots
            .add(certificate.map_err(unreadable)?)
            .map_err(|source| CertificateError::Unusable { file: file.to_owned(), source })?;
        found = true;
    }
    if found { Ok(()) } else { Err(CertificateError::None(file.to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_usable_certificate_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let missing = folder.path().join("missing.pem");
        let refused = trusted(std::slice::from_ref(&missing));
        assert!(matches!(refused, Err(CertificateError::Unreadable { .. })));
        let empty = folder.path().join("empty.pem");
        std::fs::write(&empty, "nothing\n").expect("written");
        assert!(matches!(trusted(&[empty]), Err(CertificateError::None(_))));
        let broken = folder.path().join("broken.pem");
        let text = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        std::fs::write(&broken, text).expect("written");
        assert!(matches!(trusted(&[broken]), Err(CertificateError::Unusable { .. })));
    }
}
