import Cryptography
import GatewayConformance
import LedgerClient
import NodeAPI
import Synchronization
import Wire

/// A node that passes on what an honest one answers, except for what its lie changes.
final class LyingNode: NodeService {
  /// Changes of answers; by default none.
  struct Lie: Sendable {
    var bundle: @Sendable (inout WireProofBundle) -> Void = { _ in }
    var submit: @Sendable (inout WireSubmitResponse) -> Void = { _ in }
    var ciphertext: @Sendable (inout [UInt8]) -> Void = { _ in }
    var headers: @Sendable (inout WireHeadersResponse) -> Void = { _ in }
    var status: @Sendable (inout WireStatusResponse) -> Void = { _ in }
  }

  private let honest: NodeConnection
  private let lie = Mutex(Lie())
  private let disturbance = Mutex<Disturbance?>(nil)
  private let rememberedBundle = Mutex<WireProofBundle?>(nil)
  let genesisDocument: [UInt8]

  init(honest: NodeConnection, genesisDocument: [UInt8]) {
    self.honest = honest
    self.genesisDocument = genesisDocument
  }

  /// From now on, tells this.
  func tell(_ lie: Lie) { self.lie.withLock { $0 = lie } }

  /// From now on, treats calls so.
  func disturb(_ disturbance: Disturbance?) { self.disturbance.withLock { $0 = disturbance } }

  /// The last bundle that the honest node gave, before any change.
  var lastTruth: WireProofBundle? { rememberedBundle.withLock { $0 } }

  func submit(_ transaction: [UInt8]) async throws(Problem) -> WireSubmitResponse {
    var answer = try await ask { () async throws(ClientFault) in
      try await honest.submit(transaction)
    }
    lie.withLock { $0 }.submit(&answer)
    return answer
  }

  func epochs(from epoch: UInt64, limit: Int) async throws(Problem) -> WireEpochsResponse {
    try await ask { () async throws(ClientFault) in try await honest.epochs(from: epoch) }
  }

  func receipts(of transaction: Digest) async throws(Problem) -> WireReceiptsResponse {
    var answer = try await ask { () async throws(ClientFault) in
      try await honest.receipts(of: transaction)
    }
    answer.bundle = changed(answer.bundle)
    return answer
  }

  func asset(
    namespace: String, key: String, atLeast height: UInt64
  ) async throws(Problem) -> WireProofBundle {
    changed(
      try await ask { () async throws(ClientFault) in
        try await honest.asset(namespace: namespace, key: key, atLeast: height)
      })
  }

  func assets(_ request: [UInt8]) async throws(Problem) -> WireProofBundle {
    changed(
      try await ask { () async throws(ClientFault) in
        try await honest.assets(
          (try? WireAssetsRequest(strict: request, limit: .max)) ?? WireAssetsRequest())
      })
  }

  func trail(
    namespace: String, key: String, atLeast height: UInt64
  ) async throws(Problem) -> WireProofBundle {
    changed(
      try await ask { () async throws(ClientFault) in
        try await honest.trail(namespace: namespace, key: key, atLeast: height)
      })
  }

  func logRecord(at position: UInt64) async throws(Problem) -> WireProofBundle {
    changed(
      try await ask { () async throws(ClientFault) in try await honest.logRecord(at: position) })
  }

  func consistency(from olderHeight: UInt64) async throws(Problem) -> WireProofBundle {
    changed(
      try await ask { () async throws(ClientFault) in
        try await honest.consistency(from: olderHeight)
      })
  }

  func headers(from height: UInt64, limit: Int) async throws(Problem) -> WireHeadersResponse {
    // The height asked for may come from a lie.
    let newest = try await ask { () async throws(ClientFault) in try await honest.status().height }
    var answer = try await ask { () async throws(ClientFault) in
      try await honest.headers(from: min(height, newest), limit: limit)
    }
    lie.withLock { $0 }.headers(&answer)
    return answer
  }

  func sealed(_ query: [UInt8]) async throws(Problem) -> WireSealedResponse {
    var answer = try await ask { () async throws(ClientFault) in try await honest.sealed(query) }
    answer.bundle = changed(answer.bundle)
    var ciphertext = answer.ciphertext.octets
    lie.withLock { $0 }.ciphertext(&ciphertext)
    answer.ciphertext = ciphertext.data
    return answer
  }

  func packets(_ query: [UInt8]) async throws(Problem) -> WirePacketContents {
    try await ask { () async throws(ClientFault) in try await honest.packets(query) }
  }

  func status() async -> WireStatusResponse {
    var answer = (try? await honest.status()) ?? WireStatusResponse()
    lie.withLock { $0 }.status(&answer)
    return answer
  }

  func feed(
    from position: UInt64, limit: Int, waitMs: Int
  ) async throws(Problem) -> [WireFeedItem] { [] }

  func metrics() async -> String { "" }

  private func changed(_ bundle: WireProofBundle) -> WireProofBundle {
    rememberedBundle.withLock { $0 = bundle }
    var bundle = bundle
    lie.withLock { $0 }.bundle(&bundle)
    return bundle
  }

  private static let lost = Problem(
    "test.lost", status: 500, field: "node", value: "", remedy: "")

  private func ask<Answer: Sendable>(
    _ body: () async throws(ClientFault) -> Answer
  ) async throws(Problem) -> Answer {
    let disturbance = disturbance.withLock { $0 }
    switch disturbance {
    case .unreachable: throw Self.lost
    case .busy:
      throw Problem(
        "test.busy", status: 503, field: "node", value: "", remedy: "", retryAfter: 1)
    case .answerLost, nil: break
    }
    let answer: Answer
    do {
      answer = try await body()
    } catch .refused(let report) {
      throw Problem(
        report.code, status: report.status, field: report.field, value: report.value,
        remedy: report.remedy, retryAfter: report.retryAfter)
    } catch {
      throw Problem("test.unreachable", status: 503, field: "node", value: "\(error)", remedy: "")
    }
    guard disturbance == nil else { throw Self.lost }
    return answer
  }
}
