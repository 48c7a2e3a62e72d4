internal import Cryptography
internal import GatewayKit
internal import LedgerClient
internal import LedgerModel
internal import LightVerifier
internal import Synchronization
internal import Wire

/// The nodes of one chain, asked one at a time; after one that fails the next has its turn.
///
/// Nothing is tried twice here: whoever carries documents does that.
final class ChainNodes: Sendable {
  private let ledgers: [RemoteLedger]
  private let identity: Identity
  private let current = Mutex(0)
  /// The newest state that any node told of: older answers are not taken.
  private let seen = Mutex<UInt64>(0)

  init(ledgers: [RemoteLedger], identity: Identity) {
    self.ledgers = ledgers
    self.identity = identity
  }

  var genesis: Genesis { ledgers[0].genesis }
  var suite: any CryptoSuite { genesis.suite }
  var member: String { identity.member }

  /// Assets as they are now, under one header: of the first so many that fit an answer.
  func values(of assets: [AssetID]) async throws(GatewayFault) -> ProvenAnswers {
    let height = seen.withLock { $0 }
    let answers = try await ask { (ledger) async throws(LedgerClientFault) in
      try await ledger.values(of: assets, atLeast: height)
    }
    see(answers.header.executed.height)
    return answers
  }

  /// Contents of packets that were sent from here, by sequence.
  func contents(
    _ channel: String, _ sequences: [UInt64], timeMs: UInt64
  ) async throws(GatewayFault) -> [UInt64: [UInt8]] {
    guard !sequences.isEmpty else { return [:] }
    let contents = try await ask { [identity] (ledger) async throws(LedgerClientFault) in
      try await ledger.packetContents(
        channel: channel, received: false, sequences: sequences, by: identity, timeMs: timeMs)
    }
    return Dictionary(
      contents.map { ($0.sequence, $0.ciphertext) }, uniquingKeysWith: { first, _ in first })
  }

  /// Submits one call, once, and waits for its receipt.
  /// - Throws: `busy` only if the call had no effect.
  func submit(
    _ call: Transaction.Call, attachments: [[UInt8]]
  ) async throws(GatewayFault) -> Receipt {
    let identity = identity
    let (ledger, transaction) = try await ask { (ledger) async throws(LedgerClientFault) in
      let status = try await node { () async throws(ClientFault) in
        try await ledger.connection.status()
      }
      // The height is the node's word.
      let (last, overflow) = status.height.addingReportingOverflow(Self.validBlocks)
      let transaction = try ledger.sign(
        [call], attachments: attachments, validUntil: overflow ? .max : last, by: identity)
      _ = try await node { () async throws(ClientFault) in
        try await ledger.connection.submit(transaction.encoded())
      }
      return (ledger, transaction)
    }
    do throws(LedgerClientFault) {
      let receipts = try await ledger.receipts(of: transaction)
      guard let receipt = receipts.first else {
        throw .notProven(.otherAnswer(expected: "a receipt", found: "none"))
      }
      see(receipt.height)
      return receipt
    } catch {
      moveOn()
      let fault = GatewayFault(error)
      guard case .busy = fault else { throw fault }
      throw .unreachable(reason: "the node is too busy to tell what became of a call")
    }
  }

  private func node<Value>(
    _ body: () async throws(ClientFault) -> Value
  ) async throws(LedgerClientFault) -> Value {
    do { return try await body() } catch { throw .node(error) }
  }

  /// Blocks for which a transaction stays valid.
  private static let validBlocks: UInt64 = 10_000

  /// The next question goes to another node.
  func moveOn() { current.withLock { $0 = ($0 + 1) % ledgers.count } }

  private func see(_ height: UInt64) { seen.withLock { $0 = max($0, height) } }

  private func ask<Value: Sendable>(
    _ body: (RemoteLedger) async throws(LedgerClientFault) -> Value
  ) async throws(GatewayFault) -> Value {
    do throws(LedgerClientFault) {
      return try await body(ledgers[current.withLock { $0 }])
    } catch {
      moveOn()
      throw GatewayFault(error)
    }
  }
}

extension GatewayFault {
  /// What a chain's client says, in the words of gateways.
  init(_ fault: LedgerClientFault) {
    self =
      switch fault {
      case .node(.unreachable(let url, let reason)): .unreachable(reason: "\(url): \(reason)")
      case .node(.timedOut): .timedOut
      case .node(.protocolViolation(let reason)): .violation(reason: reason)
      case .node(.refused(let report)):
        switch report.status {
        case 429, 503: .busy(retryAfter: report.retryAfter.map { .seconds(max($0, 0)) })
        case 408, 500...: .unreachable(reason: "HTTP status \(report.status), \(report.code)")
        default: .refusal(report.code)
        }
      // A node that is behind gets on.
      case .notProven(.tooOld(let wanted, let proven)):
        .unreachable(reason: "the node is at height \(proven), not at \(wanted)")
      case .notProven, .sealing, .cryptography: .violation(reason: "\(fault)")
      case .refused(let code, _, _, _): .refusal(code)
      }
  }

  /// A20. A call that the chain or a node refuses. It is no refusal of a gateway (A4): once
  /// somebody has seen to it, the same call is answered.
  static func refusal(_ code: String) -> GatewayFault {
    guard let code = GatewayCode(code) else {
      return .violation(reason: "a refusal without a code")
    }
    return .violation(reason: "the chain refuses the call: \(code)")
  }

  /// What a chain's refusal to settle a packet means; `nil`: it was settled alike before.
  static func settling(_ code: String) -> GatewayFault? {
    switch code {
    case "relay.settled": nil
    case "relay.settled_otherwise": .refused(.settledOtherwise)
    case "relay.unknown_packet": .refused(.unknownDocument)
    default: GatewayFault.refusal(code)
    }
  }
}
