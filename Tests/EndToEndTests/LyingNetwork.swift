import LedgerClient
import LedgerModel
import LightVerifier
import Logging
import NodeAPI
import ServiceLifecycle
import SwiftProtobuf
import Testing
import Wire

/// Runs a node that lies in front of the honest one, and a client that asks it.
func withLyingNode(
  of network: TestNetwork,
  _ body: @Sendable @escaping (LyingNode, RemoteLedger) async throws -> Void
) async throws {
  let node = LyingNode(honest: network.connection, genesisDocument: network.genesis.document)
  let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
  let (ports, port) = AsyncStream<Int>.makeStream()
  let server = try APIServer(
    service: node, configuration: APIConfiguration(host: "127.0.0.1", port: 0), logger: quiet
  ) { bound in
    port.yield(bound)
    port.finish()
  }
  let group = ServiceGroup(configuration: .init(services: [.init(service: server)], logger: quiet))
  try await withThrowingTaskGroup(of: Void.self) { tasks in
    tasks.addTask {
      defer { port.finish() }
      try await group.run()
    }
    var bound = ports.makeAsyncIterator()
    let connection = try NodeConnection(url: "http://127.0.0.1:\(#require(await bound.next()))")
    let result = await Result {
      try await body(node, RemoteLedger(connection: connection, genesis: network.genesis))
    }
    await connection.close()
    await group.triggerGracefulShutdown()
    try await tasks.waitForAll()
    try result.get()
  }
}

extension Result where Failure == any Error, Success == Void {
  fileprivate init(_ body: () async throws -> Void) async {
    do { self = .success(try await body()) } catch { self = .failure(error) }
  }
}

/// A change of a proof, with the name of the fault that it must lead to.
struct ProofLie {
  let fault: String
  let what: String
  let change: @Sendable (inout WireProofBundle) -> Void

  init(
    _ fault: String, _ what: String, _ change: @Sendable @escaping (inout WireProofBundle) -> Void
  ) {
    self.fault = fault
    self.what = what
    self.change = change
  }

  /// Lies about the header, which every answer has.
  static let ofHeader: [ProofLie] = [
    .header("otherChain", "chain") { $0.chainID = flipped($0.chainID.octets).data },
    .header("otherValidators", "validators") {
      $0.validatorSet = flipped($0.validatorSet.octets).data
    },
    .header("notFinalised", "next validators") {
      $0.nextValidatorSet = flipped($0.nextValidatorSet.octets).data
    },
    .header("notFinalised", "index root") {
      $0.executed.indexRoot = flipped($0.executed.indexRoot.octets).data
    },
    .header("notFinalised", "log root") {
      $0.executed.logRoot = flipped($0.executed.logRoot.octets).data
    },
    .header("notFinalised", "log size") { $0.executed.logSize += 1 },
    .header("notFinalised", "height") { $0.height += 1 },
    .header("notFinalised", "view") { $0.view += 1 },
    .header("notFinalised", "time") { $0.timeMs += 1 },
    .header("notFinalised", "parent") { $0.parent = flipped($0.parent.octets).data },
    .header("contradiction", "executed height") { $0.executed.height = $0.height },
    ProofLie("notFinalised", "signature") {
      $0.header.finalization.signatures[0] =
        flipped($0.header.finalization.signatures[0].octets).data
    },
    ProofLie("notFinalised", "no signature") {
      $0.header.finalization.signers = []
      $0.header.finalization.signatures = []
    },
    ProofLie("notFinalised", "certificate of another block") {
      $0.header.finalization.block = flipped($0.header.finalization.block.octets).data
    },
    ProofLie("notFinalised", "certificate of another view") {
      $0.header.finalization.view += 1
    },
    ProofLie("malformedPart", "format") { $0.format = 2 },
    ProofLie("malformedPart", "nothing proven") { $0.items = [] },
    ProofLie("malformedPart", "an item without content") { $0.items = [WireProofItem()] },
  ]

  private static func header(
    _ fault: String, _ what: String, _ change: @Sendable @escaping (inout WireBlockHeader) -> Void
  ) -> ProofLie {
    ProofLie(fault, "header: \(what)") { bundle in
      guard var header = try? WireBlockHeader(serializedBytes: bundle.header.header) else { return }
      change(&header)
      bundle.header.header = header.encoded.data
    }
  }
}

/// The bytes with one bit changed in the middle.
func flipped(_ bytes: [UInt8]) -> [UInt8] {
  var bytes = bytes
  if bytes.isEmpty { return [1] }
  bytes[bytes.count / 2] ^= 1
  return bytes
}

extension ProofFault {
  /// The name of the case.
  var name: String {
    Mirror(reflecting: self).children.first?.label
      ?? (self == .otherValidators ? "otherValidators" : "\(self)")
  }
}

/// The fault's name if the node's answer was found to be a lie; anything else is an issue.
func faultName(
  _ what: String, _ ask: () async throws -> Void
) async -> String? {
  do {
    try await ask()
    Issue.record("not noticed: \(what)")
  } catch LedgerClientFault.notProven(let fault) {
    return fault.name
  } catch LedgerClientFault.sealing(let fault) {
    return "sealing." + (Mirror(reflecting: fault).children.first?.label ?? "\(fault)")
  } catch {
    Issue.record("\(what): \(error)")
  }
  return nil
}
