//! Why the picker does not start.

use std::net::SocketAddr;
use std::path::PathBuf;

use switchyard_config::ConfigError;
use switchyard_engine::EngineError;

use crate::active::ActivateError;
use crate::discovery;
use crate::plans::PlanError;
use crate::registries::SignatureKeyError;
use crate::scrape::ScraperError;
use crate::tls::CertificateError;

/// What stands in the way.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum RunError {
    #[error("--config-file {} cannot be read: {source}", path.display())]
    ConfigFile {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(
        "nothing says which endpoints there are: give --endpoints-file FILE, or a plugin of type `file-discovery` \
         that `dataLayer.discovery` refers to"
    )]
    NoEndpoints,
    #[error(transparent)]
    Endpoints(#[from] discovery::StartError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Activate(#[from] ActivateError),
    #[error(transparent)]
    Plan(PlanError),
    #[error("--data-dir {} cannot be used: {source}", dir.display())]
    DataDir {
        dir: PathBuf,
        source: std::io::Error,
    },
    #[error("--admin-token-file {}: {source}", path.display())]
    AdminToken {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error(transparent)]
    SignatureKey(#[from] SignatureKeyError),
    #[error(transparent)]
    Scraper(#[from] ScraperError),
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    #[error(
        "{flag}: cannot listen on {address}: {source}; is another picker running? Give another address"
    )]
    Listen {
        address: SocketAddr,
        flag: &'static str,
        source: std::io::Error,
    },
    #[error("the picker cannot start: {0}")]
    Start(#[from] std::io::Error),
    #[error("the health service ended: {0}")]
    Health(tonic::transport::Error),
}
