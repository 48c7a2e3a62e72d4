internal import LedgerModel
internal import LightVerifier
internal import Synchronization
internal import Wire

/// The epochs that a client was led to. They are never forgotten, so each link is checked once; and
/// the headers that it was lately shown.
final class EpochGuide: Sendable {
  private let current: Mutex<LightVerifier>

  init(_ genesis: Genesis) {
    current = Mutex(LightVerifier(genesis: genesis))
  }

  var verifier: LightVerifier { current.withLock { $0 } }

  /// Goes on as far as the links are good; a bad one is named when what it came with is judged.
  func follow(_ links: [WireEpochLink]) {
    current.withLock { verifier in
      for link in links.prefix(Limits.epochLinks) {
        guard (try? verifier.follow(link)) != nil else { return }
      }
    }
  }

  /// What this bundle's header proves need not be judged again.
  func remember(_ bundle: WireProofBundle, _ verified: VerifiedBundle) {
    current.withLock { $0.remember(bundle.header, verified) }
  }
}
