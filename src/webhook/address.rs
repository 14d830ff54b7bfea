//! Which addresses a webhook may reach: those of the public internet, unless the settings allow others. Checked where a
//! name has become addresses, so that nobody's name server can lead a request into the network that the bot lives in.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Looks names up, and gives no address that may not be reached. The addresses that it gives are the ones that are connected
/// to: there is no second look-up that could say something else.
#[derive(Debug, Clone, Copy)]
pub(super) struct Guard {
    pub(super) allows_private: bool,
}

/// An address that is not of the public internet.
#[derive(Debug, thiserror::Error)]
#[error("{0} is no address of the public internet (webhook_private_addresses = true would allow it)")]
pub(super) struct Private(pub(super) IpAddr);

impl Guard {
    /// Whether this address may be reached.
    pub(super) fn check(self, address: IpAddr) -> Result<(), Private> {
        if self.allows_private || is_public(address) { Ok(()) } else { Err(Private(address)) }
    }

    /// The addresses of a name, if all of them may be reached.
    pub(super) async fn look_up(self, host: &str) -> io::Result<Vec<SocketAddr>> {
        let found: Vec<SocketAddr> = tokio::net::lookup_host((host, 0)).await?.collect();
        for address in &found {
            self.check(address.ip()).map_err(|error| io::Error::new(io::ErrorKind::PermissionDenied, error))?;
        }
        Ok(found)
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = *self;
        Box::pin(async move {
            let found = guard.look_up(name.as_str()).await?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is one of the public internet, by the special-purpose registries of IANA (RFC 6890 and its
/// successors). What leads back to IPv4 by another way (mapped, translated, tunnelled) is none.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(a == 0
        || a == 127
        || address.is_private()
        || address.is_link_local()
        || (a == 100 && (64..128).contains(&b)) // shared by a provider's customers
        || (a == 192 && b == 0 && (c == 0 || c == 2)) // protocol assignments, documentation
        || (a == 192 && b == 88 && c == 99) // the old way to 6to4
        || (a == 198 && (b == 18 || b == 19)) // benchmarks
        || (a == 198 && b == 51 && c == 100) // documentation
        || (a == 203 && b == 0 && c == 113) // documentation
        || a >= 224) // multicast, reserved, broadcast
}

/// Global unicast is 2000::/3; everything else (loopback, unspecified, mapped, NAT64, unique local, link-local, multicast)
/// lies outside it.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    (0x2000..0x4000).contains(&a)
        && !(a == 0x2001 && b < 0x0200) // protocol assignments, Teredo among them
        && !(a == 0x2001 && b == 0x0db8) // documentation
        && a != 0x2002 // 6to4
        && !(a == 0x3fff && b < 0x1000) // documentation
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_internet_and_nothing_else() {
        let public =
            ["1.1.1.1", "8.8.8.8", "93.184.216.34", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1"];
        for address in public.into_iter().chain(["223.255.255.255", "2606:4700::1111", "2a00:1450:4001::200e"]) {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
        let private = [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:1.1.1.1",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:1ff::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff:1::1",
            "5f00::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ];
        for address in private {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_home_is_refused() {
        let error = Guard { allows_private: false }.look_up("localhost").await.expect_err("that is here");
        assert!(error.to_string().contains("webhook_private_addresses"), "{error}");
        assert!(!Guard { allows_private: true }.look_up("localhost").await.expect("a name").is_empty());
    }
}
