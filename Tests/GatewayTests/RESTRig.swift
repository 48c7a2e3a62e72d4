import BureauServer
import Cryptography
import GatewayConformance
import GatewayKit
import RESTGateway

/// The REST gateway before a real server.
struct RESTRig: GatewayRig {
  let server: BureauServer
  let client: RESTGateway
  let keys: EnvelopeKeys
  let contentBytesMax: Int

  var gateway: any Gateway { client }

  /// Runs `body` with a server and a gateway to it.
  static func with(
    _ suite: SuiteID = .intl, _ body: (RESTRig) async throws -> Void
  ) async throws {
    let keys = try TestKeys(suite)
    let server = BureauServer(
      MemoryGateway(), keys: keys.bureau, stranger: keys.stranger)
    try await server.start()
    let client = try RESTGateway(
      url: "http://127.0.0.1:\(server.port)", keys: keys.router)
    do {
      try await body(
        RESTRig(
          server: server, client: client, keys: keys.router,
          contentBytesMax: server.place.contentBytesMax))
    } catch {
      await client.close()
      await server.stop()
      throw error
    }
    await client.close()
    await server.stop()
  }

  /// Makes a call through a gateway that waits only so long.
  func waiting(
    _ timeout: Duration, _ body: (RESTGateway) async throws -> Void
  ) async throws {
    let client = try RESTGateway(
      url: "http://127.0.0.1:\(server.port)", keys: keys, timeout: timeout)
    do {
      try await body(client)
    } catch {
      await client.close()
      throw error
    }
    await client.close()
  }

  func nowMs() async -> UInt64 { await server.place.nowMs() }
  func pass(_ time: Duration) async { await server.place.pass(time) }
  @discardableResult
  func offer(_ documents: [GatewayDocument]) async -> [GatewayDocument] {
    await server.place.offer(documents)
  }
  func taken() async -> [GatewayDocument] { await server.place.taken() }
  func settled() async -> [Told] { await server.place.settled() }

  func decide(_ businessKey: String, _ outcome: GatewayOutcome) async {
    await server.place.decide(businessKey, outcome)
  }

  func disturb(_ disturbance: Disturbance?) async throws {
    switch disturbance {
    case .unreachable: await server.stop()
    case .answerLost: server.misbehave(.cutsAfterwards)
    case .busy: server.misbehave(.asksForPatience)
    case nil:
      server.misbehave(nil)
      try await restart()
    }
  }

  /// Ends when the server answers: connections of before take a moment to be seen as closed.
  func restart() async throws {
    await server.stop()
    try await server.start()
    let probe = try DocumentID(origin: "probe", key: "1")
    for _ in 0..<50 {
      do {
        _ = try await client.outcome(of: probe)
        return
      } catch {
        try await Task.sleep(for: .milliseconds(10))
      }
    }
  }
}

/// Keys of both ends of an exchange, and of somebody who has no part in it.
struct TestKeys {
  let router: EnvelopeKeys
  let bureau: EnvelopeKeys
  /// Has the bureau's name, and other keys.
  let stranger: EnvelopeKeys

  init(_ id: SuiteID) throws {
    func secret(_ number: UInt8) -> SecretBytes {
      SecretBytes(copying: [UInt8](repeating: number, count: PrivateKey.secretByteCount))
    }
    let suite = id.suite
    func pair(_ number: UInt8) throws -> (signing: PrivateKey, sealing: PrivateKey) {
      (
        try suite.privateKey(secret(number), use: .signing),
        try suite.privateKey(secret(number + 1), use: .sealing)
      )
    }
    let (ours, theirs, others) = (try pair(0x11), try pair(0x21), try pair(0x31))
    let router = try PublicIdentity(
      name: "router", signing: ours.signing.publicKey, sealing: ours.sealing.publicKey)
    let bureau = try PublicIdentity(
      name: "bureau", signing: theirs.signing.publicKey, sealing: theirs.sealing.publicKey)
    self.router = try EnvelopeKeys(
      name: "router", signing: ours.signing, sealing: ours.sealing, peer: bureau)
    self.bureau = try EnvelopeKeys(
      name: "bureau", signing: theirs.signing, sealing: theirs.sealing, peer: router)
    stranger = try EnvelopeKeys(
      name: "bureau", signing: others.signing, sealing: others.sealing, peer: router)
  }
}
