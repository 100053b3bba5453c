//! Whom a program believes over TLS: those whom Mozilla's roots vouch for, and whom its caller names.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;
use tonic::transport::{Certificate, ClientTlsConfig};

/// Authorities whose certificates are believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Authorities {
    /// Besides the public ones.
    own: Vec<Vec<u8>>,
}

/// Text that holds no certificate of an authority.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthorityError {
    /// Not PEM, or PEM without a certificate.
    #[error("there is no certificate in PEM form: {0}")]
    NotPem(String),
    /// A certificate that cannot be believed.
    #[error("the certificate cannot be used: {0}")]
    Unusable(String),
}

impl Authorities {
    /// Those that the public trusts.
    #[must_use]
    pub fn public() -> Self {
        Self::default()
    }

    /// Believes another authority besides, by its certificate in PEM form: that of a private node.
    ///
    /// # Errors
    /// Where that is no certificate.
    pub fn and(mut self, pem: &[u8]) -> Result<Self, AuthorityError> {
        let certificate = CertificateDer::from_pem_slice(pem)
            .map_err(|error| AuthorityError::NotPem(error.to_string()))?;
        RootCertStore::empty()
            .add(certificate)
            .map_err(|error| AuthorityError::Unusable(error.to_string()))?;
        self.own.push(pem.to_vec());
        Ok(self)
    }

    pub(super) fn for_grpc(&self) -> ClientTlsConfig {
        let own = self.own.iter().map(Certificate::from_pem);
        ClientTlsConfig::new().with_webpki_roots().ca_certificates(own)
    }

    pub(super) fn for_files(&self) -> ClientConfig {
        let mut roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        let own = self.own.iter().filter_map(|pem| CertificateDer::from_pem_slice(pem).ok());
        // Each was looked at when it was named.
        roots.add_parsable_certificates(own);
        ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the provider knows the versions it was built with")
            .with_root_certificates(roots)
            .with_no_client_auth()
    }
}

#[cfg(test)]
mod tests {
    use super::{Authorities, AuthorityError};

    #[test]
    fn what_is_no_certificate_is_refused() {
        let refused = |pem: &[u8]| Authorities::public().and(pem).unwrap_err();
        assert!(matches!(refused(b"nothing"), AuthorityError::NotPem(_)));
        let broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(matches!(refused(broken), AuthorityError::Unusable(_)));
    }
}
