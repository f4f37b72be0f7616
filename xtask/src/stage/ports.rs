//! Ports that nobody uses, chosen by the system.

use std::net::{Ipv4Addr, TcpListener};

use super::StageError;

/// `N` different free ports on loopback. All are held at once while they are chosen, so that none
/// comes twice; they are free again on return.
pub fn free<const N: usize>() -> Result<[u16; N], StageError> {
    let mut ports = [0; N];
    let mut held = Vec::with_capacity(N);
    for port in &mut ports {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(StageError::Ports)?;
        *port = listener.local_addr().map_err(StageError::Ports)?.port();
        held.push(listener);
    }
    Ok(ports)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_differ_and_can_be_bound() {
        let mut ports = free::<16>().unwrap();
        for port in ports {
            TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
        }
        ports.sort_unstable();
        assert!(ports.windows(2).all(|pair| pair[0] != pair[1]), "{ports:?}");
    }
}
