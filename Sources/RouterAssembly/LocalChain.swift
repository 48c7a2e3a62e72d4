internal import BuiltinContracts
internal import Cryptography
internal import LedgerClient
internal import LedgerModel
internal import LightVerifier
internal import RouterCore
internal import SwiftProtobuf
internal import Synchronization
internal import Wire

/// The router's own chain, through whichever of its nodes answers. What it says is proven.
final class LocalChain: Sendable {
  let ledgers: [RemoteLedger]
  let identity: Identity
  /// Index of the node that answered last.
  private let current = Mutex(0)
  /// The newest state that any node proved, and that the log of events told of: older answers are
  /// not taken.
  private let states = Mutex((proven: UInt64(0), told: UInt64(0)))
  /// The newest header that was proven; `nil` before the first.
  private let reached = Mutex<UInt64?>(nil)

  init(ledgers: [RemoteLedger], identity: Identity) {
    self.ledgers = ledgers
    self.identity = identity
  }

  var genesis: Genesis { ledgers[0].genesis }
  var suite: any CryptoSuite { genesis.suite }

  /// Takes note that something happened at this height, as a node tells.
  func want(height: UInt64) { states.withLock { $0.told = max($0.told, height) } }

  private func proved(height: UInt64) { states.withLock { $0.proven = max($0.proven, height) } }

  /// The node to ask first now.
  var ledger: RemoteLedger { ledgers[current.withLock { $0 }] }

  /// Goes on with the next node after one that did not answer.
  func moveOn() { current.withLock { $0 = ($0 + 1) % ledgers.count } }

  /// Asks one node after the other, each once.
  private func asking<Value: Sendable>(
    _ body: (RemoteLedger) async throws(LedgerClientFault) -> Value
  ) async throws(LedgerClientFault) -> Value {
    var failure: LedgerClientFault?
    for _ in ledgers {
      do {
        return try await body(ledger)
      } catch {
        // A cancelled call says nothing about its node.
        if Task.isCancelled { throw error }
        switch error {
        case .node, .notProven: failure = error
        case .sealing, .cryptography, .refused: throw error
        }
        moveOn()
      }
    }
    throw failure ?? .notProven(.malformedPart("no node"))
  }

  /// The newest proven state of the first of these assets, as many as fit, against one header.
  func prove(_ assets: [AssetID]) async throws(LedgerClientFault) -> ProvenAnswers {
    let height = states.withLock { max($0.proven, $0.told) }
    let answer: ProvenAnswers
    do throws(LedgerClientFault) {
      answer = try await asking { (ledger) async throws(LedgerClientFault) in
        try await ledger.values(of: assets, atLeast: height)
      }
    } catch {
      // What one of them told of, none of them may have.
      states.withLock { $0.told = 0 }
      throw error
    }
    proved(height: answer.header.executed.height)
    reached.withLock { $0 = max($0 ?? 0, answer.header.height) }
    return answer
  }

  /// A channel as this chain has it; `nil` if it has none of this id, or trusts no such chain.
  /// - Parameter last: How it was seen before. What it leads to rarely changes, so one question
  ///   asks for all of it.
  /// - Throws: `refused` for a channel to a place, which no router serves.
  func view(
    _ channel: String, since last: ChannelView?
  ) async throws(LedgerClientFault) -> ChannelView? {
    var (remote, revision) = (last?.terms.remoteChain.octets, last?.chain.revision)
    while true {
      var assets = [Channel.asset(channel), RelayContract.channel(channel)]
      if let remote { assets.append(TrustedChain.asset(remote)) }
      if let remote, let revision {
        assets.append(RelayContract.client(remote, revision: revision))
      }
      let answer = try await prove(assets)
      guard let terms = try answer.message(0, WireChannelRecord.self) else { return nil }
      guard !terms.leadsToPlace else {
        throw .refused(
          code: "router.leads_to_place", field: "channels", value: channel,
          remedy: "it leads to \(terms.place), which has no chain: name it in gateways instead")
      }
      guard terms.remoteChain.octets == remote else {
        (remote, revision) = (terms.remoteChain.octets, nil)
        continue
      }
      guard let chain = try answer.message(2, WireChainRecord.self) else { return nil }
      guard chain.revision == revision else {
        revision = chain.revision
        continue
      }
      return ChannelView(
        terms: terms, state: try answer.message(1, RelayChannelState.self) ?? RelayChannelState(),
        chain: chain, client: try answer.message(3, RelayClient.self),
        timeMs: answer.header.timeMs)
    }
  }

  /// Packets that were sent from here.
  func sent(
    _ channel: String, _ sequences: [UInt64]
  ) async throws(LedgerClientFault) -> [RelaySentPacket] {
    try await messages(
      sequences.map { RelayContract.sent(channel, $0) }, RelaySentPacket.self)
  }

  /// Those of these assets that exist, as messages.
  private func messages<Value: Message>(
    _ assets: [AssetID], _ type: Value.Type
  ) async throws(LedgerClientFault) -> [Value] {
    var messages: [Value] = []
    var rest = assets[...]
    while !rest.isEmpty {
      let answer = try await prove(Array(rest.prefix(Int(Self.page))))
      for index in answer.values.indices {
        if let message = try answer.message(index, type) { messages.append(message) }
      }
      rest = rest.dropFirst(max(1, answer.values.count))
    }
    return messages
  }

  /// The `count` newest packets up to `newest` that are not settled, found from the newest on.
  func unsettled(
    _ channel: String, newest: UInt64, count: Int
  ) async throws(LedgerClientFault) -> [UInt64] {
    var found: [UInt64] = []
    var last = newest
    while last > 0, found.count < count {
      let first = last > Self.page ? last - Self.page + 1 : 1
      for packet in try await sent(channel, Array(first...last)) where packet.state == .sent {
        found.append(packet.packet.sequence)
      }
      last = first - 1
    }
    return found
  }

  /// The first `count` open packets that are found among those received after one and up to
  /// `newest`, from the newest on.
  func open(
    _ channel: String, after: UInt64, newest: UInt64, count: Int
  ) async throws(LedgerClientFault) -> [RelayPacket] {
    var found: [RelayPacket] = []
    var last = newest
    while last > after, found.count < count {
      let first = last - after > Self.page ? last - Self.page + 1 : after + 1
      let received = try await messages(
        (first...last).map { RelayContract.received(channel, $0) }, RelayReceivedPacket.self)
      found += received.filter(\.outcome.open).map(\.packet)
      last = first - 1
    }
    return found
  }

  /// Those of these packets, received here, that are not open any more.
  func decided(
    _ channel: String, _ sequences: [UInt64]
  ) async throws(LedgerClientFault) -> [UInt64] {
    try await messages(
      sequences.map { RelayContract.received(channel, $0) }, RelayReceivedPacket.self
    )
    .filter { !$0.outcome.open }.map(\.packet.sequence)
  }

  /// Assets that are asked for at once.
  private static let page: UInt64 = 512

  /// Sealing keys of members, by id.
  func sealingKeys(
    of members: Set<String>
  ) async throws(LedgerClientFault) -> [String: [UInt8]] {
    var keys: [String: [UInt8]] = [:]
    var rest = members.sorted()[...]
    while !rest.isEmpty {
      let answer = try await prove(rest.map { Member.asset($0) })
      for (index, id) in zip(answer.values.indices, rest) {
        if let member = try answer.message(index, WireMemberRecord.self) {
          keys[id] = member.sealingKey.octets
        }
      }
      rest = rest.dropFirst(max(1, answer.values.count))
    }
    return keys
  }

  /// Contents of packets that were sent from here and that the router may open.
  func contents(
    _ channel: String, _ sequences: [UInt64], timeMs: UInt64
  ) async throws(LedgerClientFault) -> [UInt64: [UInt8]] {
    guard !sequences.isEmpty else { return [:] }
    let contents = try await asking { (ledger) async throws(LedgerClientFault) in
      try await self.timed(timeMs, on: ledger) { (timeMs) async throws(LedgerClientFault) in
        try await ledger.packetContents(
          channel: channel, received: false, sequences: sequences, by: self.identity,
          timeMs: timeMs)
      }
    }
    return Dictionary(
      contents.map { ($0.sequence, $0.ciphertext) }, uniquingKeysWith: { first, _ in first })
  }

  /// Asks a question that is signed with the time. If the node says that this clock is off, the
  /// question is signed with the chain's time.
  func timed<Value: Sendable>(
    _ wallMs: UInt64, on ledger: RemoteLedger,
    _ ask: (UInt64) async throws(LedgerClientFault) -> Value
  ) async throws(LedgerClientFault) -> Value {
    do {
      return try await ask(wallMs)
    } catch {
      guard case .node(.refused(let report)) = error, report.code == "query.out_of_time" else {
        throw error
      }
    }
    let timeMs: UInt64
    do throws(ClientFault) {
      timeMs = try await ledger.connection.status().timeMs
    } catch {
      throw .node(error)
    }
    return try await ask(timeMs)
  }

  /// The newest header at or below a height that has a certificate of its own.
  func certified(
    atOrBelow height: UInt64
  ) async throws(LedgerClientFault) -> WireProvenHeader? {
    let first = height > Limits.executionLag ? height - Limits.executionLag : 1
    let answer = try await asking { (ledger) async throws(LedgerClientFault) in
      do throws(ClientFault) {
        return try await ledger.connection.headers(
          from: first, limit: Int(Limits.executionLag) + 1)
      } catch {
        throw .node(error)
      }
    }
    return answer.headers.last { proven in
      let header = try? WireBlockHeader(strict: proven.header.octets, limit: Limits.headerBytes)
      return proven.hasFinalization && (header?.height ?? .max) <= height
    }
  }

  /// Signs the calls as one transaction, each carried out by itself, and waits for the receipts.
  func submit(
    _ calls: [CarriedCall]
  ) async throws(LedgerClientFault) -> [RouterCore.CallOutcome] {
    let suite = suite
    let prepared = calls.map { call in
      Transaction.Call(
        contract: RelayContract.name, method: call.method, arguments: call.arguments,
        attachments: call.attachment.map { [suite.hash(.attachment, $0)] } ?? [])
    }
    let receipts: [Receipt]
    do {
      receipts = try await ledger.submit(
        prepared, attachments: calls.compactMap(\.attachment),
        at: reached.withLock { $0 }, by: identity)
    } catch {
      moveOn()
      throw error
    }
    proved(height: receipts.first?.height ?? 0)
    return zip(calls, receipts).map { call, receipt in
      switch receipt.outcome {
      case .done: RouterCore.CallOutcome(call.kind, refusal: nil)
      case .refused(let refused):
        RouterCore.CallOutcome(
          call.kind,
          refusal: .init(code: refused.code, field: refused.field, value: refused.value))
      }
    }
  }
}

extension ProvenAnswers {
  /// The asset at this place of the question, as its message; `nil` if it does not exist.
  func message<Value: Message>(
    _ index: Int, _ type: Value.Type
  ) throws(LedgerClientFault) -> Value? {
    guard values.indices.contains(index), let value = values[index] else { return nil }
    do {
      return try Value(strict: value.value, limit: Limits.valueBytes)
    } catch {
      throw .notProven(.malformed(.wire(error)))
    }
  }
}
