package import Cryptography
internal import Execution
package import LedgerModel
internal import LightVerifier
package import TestLedger

/// The chain that inputs are read against: constant keys, four validators, a few notes.
public struct FuzzChain: Sendable {
  package let world: TestWorld
  package let suite: any CryptoSuite
  package let genesis: Genesis
  let verifier: LightVerifier
  /// The genesis state by asset, for what contracts read.
  let state: [AssetID: AssetState]
  let handshakes: [Handshake]

  public init() throws {
    world = try TestWorld(.intl, validators: 4)
    suite = world.suite
    genesis = world.genesis
    verifier = LightVerifier(genesis: genesis)
    var state: [AssetID: AssetState] = [:]
    for update in BlockExecutor.genesisState(genesis).updates { state[update.asset] = update.after }
    self.state = state
    handshakes = try [SuiteID.intl, .nist, .sm].map(Handshake.init)
  }
}
