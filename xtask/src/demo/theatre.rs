//! The two plays: fresh servers, a gateway, the conversations.

use std::path::{Path, PathBuf};

use super::DemoError;
use super::figures::Figures;
use super::player;
use super::workload::{Conversation, SERVERS};
use crate::stage::StageError;
use crate::stage::envoy::{Envoy, Route};
use crate::stage::model_servers::ModelServer;
use crate::stage::picker::{Picker, Setting};
use crate::stage::server::Server;
use crate::workspace::{Profile, Workspace};

/// The programs of a play.
#[derive(Debug)]
pub(super) struct Binaries {
    envoy: PathBuf,
    /// `switchyard-sim`.
    pub(super) model_server: PathBuf,
    picker: PathBuf,
    /// `switchyard`.
    pub(super) command: PathBuf,
}

impl Binaries {
    pub(super) fn new(workspace: &Workspace, profile: Profile, envoy: PathBuf) -> Self {
        let binaries = workspace.binaries(profile);
        Self {
            envoy,
            model_server: binaries.join("switchyard-sim"),
            picker: binaries.join("switchyard-epp"),
            command: binaries.join("switchyard"),
        }
    }
}

/// The stage of the routed play. Fields are dropped in order, so the gateway goes first.
#[derive(Debug)]
pub(super) struct Routed {
    pub(super) envoy: Envoy,
    pub(super) picker: Picker,
    pub(super) servers: Vec<ModelServer>,
}

/// Envoy takes the servers in turn.
pub(super) fn play_round_robin(
    binaries: &Binaries,
    conversations: &[Conversation],
    files: &Path,
) -> Result<Figures, DemoError> {
    let files = files.join("round-robin");
    let servers = model_servers(binaries, &files)?;
    let envoy = Envoy::start(&binaries.envoy, Route::RoundRobin(&servers), &files)?;
    play(&envoy, &[], &servers, conversations)
}

/// Envoy asks the picker. Returns the stage too, on which one may go on asking.
pub(super) fn play_routed(
    binaries: &Binaries,
    conversations: &[Conversation],
    files: &Path,
) -> Result<(Figures, Routed), DemoError> {
    let files = files.join("routed");
    let servers = model_servers(binaries, &files)?;
    let stage = routed(binaries, servers, Setting::default(), &files)?;
    let figures = play(
        &stage.envoy,
        &[stage.picker.server()],
        &stage.servers,
        conversations,
    )?;
    Ok((figures, stage))
}

/// A picker and a gateway that asks it, before `servers`.
pub(super) fn routed(
    binaries: &Binaries,
    servers: Vec<ModelServer>,
    setting: Setting<'_>,
    files: &Path,
) -> Result<Routed, StageError> {
    let picker = Picker::start(&binaries.picker, &servers, setting, files)?;
    let route = Route::Picker {
        grpc_port: picker.grpc_port(),
    };
    let envoy = Envoy::start(&binaries.envoy, route, files)?;
    Ok(Routed {
        envoy,
        picker,
        servers,
    })
}

fn model_servers(binaries: &Binaries, files: &Path) -> Result<Vec<ModelServer>, StageError> {
    ModelServer::start_many::<4>(&binaries.model_server, SERVERS, files)
}

fn play(
    envoy: &Envoy,
    others: &[&Server],
    servers: &[ModelServer],
    conversations: &[Conversation],
) -> Result<Figures, DemoError> {
    let played = player::play(&envoy.url(), conversations);
    // A program that died explains more than the request that met it.
    let all = others.iter().copied().chain([envoy.server()]);
    for server in all.chain(servers.iter().map(ModelServer::server)) {
        server.check()?;
    }
    let (answers, took) = played?;
    let names: Vec<_> = servers
        .iter()
        .map(|s| (s.port(), s.name().to_owned()))
        .collect();
    Ok(Figures::of(&answers, took, &names))
}
