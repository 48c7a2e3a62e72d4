internal import BuiltinContracts
internal import LedgerClient
internal import LedgerModel
internal import RouterCore
internal import Wire

// What the answer to another chain's request is made of.
extension LocalChain {
  /// The newest request of a channel; `nil` if there is none.
  func request(_ channel: String) async throws -> SharingCore.View? {
    let asked = try await prove([RelayContract.request(channel)])
    guard let request = try asked.message(0, RelayRequestedInvoices.self) else { return nil }
    let arrived = try await prove([RelayContract.received(channel, request.sequence)])
    guard let packet = try arrived.message(0, RelayReceivedPacket.self),
      let view = try await view(channel, since: nil)
    else { return nil }
    // A quarter of the window is left to others.
    let room = Int(view.terms.window - view.terms.window / 4) - Int(view.state.unsettled)
    return SharingCore.View(
      request: request, height: packet.outcome.height, room: max(0, room),
      obstacle: view.obstacleToSending("invoice.share"), timeMs: view.timeMs,
      maxTimeoutMs: view.terms.maxTimeoutMs)
  }

  /// Which of these invoices were shared over a channel before: they are under way, or were
  /// answered.
  func candidates(
    _ invoices: [AssetID], for channel: String
  ) async throws -> [SharingCore.Candidate] {
    guard !invoices.isEmpty else { return [] }
    let terms = try await prove([Channel.asset(channel)])
    guard let terms = try terms.message(0, WireChannelRecord.self) else { return [] }
    let states = try await ledger.messages(InvoiceState.self, of: invoices)
    let keys = states.compactMap { state in
      var share = RelayInvoiceShare()
      share.facts = state?.facts ?? InvoiceFacts()
      var packet = RemoteLedger.packet(share)
      packet.sourceChain = terms.localChain
      packet.destinationChain = terms.remoteChain
      return RelayContract.origin(named: packet)
    }
    let sent = try await ledger.messages(RelaySentMessage.self, of: keys)
    return zip(invoices, sent).map { SharingCore.Candidate($0, isShared: $1?.isAnswered == true) }
  }

  /// Sends the share of each invoice, under as few signatures as there is room in one.
  func share(
    _ invoices: [AssetID], _ channel: String, _ view: SharingCore.View, policy: String,
    timeMs: UInt64
  ) async throws -> [SharingCore.Outcome] {
    let way = try await ledger.way(over: channel)
    var outcomes: [SharingCore.Outcome] = []
    var prepared: [(index: Int, call: PreparedCall)] = []
    for (index, invoice) in invoices.enumerated() {
      outcomes.append(.later(reason: "not submitted"))
      do throws(LedgerClientFault) {
        let (share, file) = try await timed(timeMs, on: ledger) {
          (timeMs) async throws(LedgerClientFault) in
          try await ledger.share(of: invoice, by: identity, timeMs: timeMs)
        }
        var packet = RemoteLedger.packet(share)
        packet.channel = channel
        packet.recipient = view.request.requester
        packet.timeoutMs = view.timeoutMs(wallMs: timeMs)
        packet.policy = policy
        packet.purpose = "answer to request \(view.request.request.number)"
        prepared.append(
          (index, try ledger.prepareSend(packet, content: file, over: way, by: identity)))
      } catch {
        guard error.isAboutContent else { throw error }
        outcomes[index] = .skipped(reason: "\(error)")
      }
    }
    while !prepared.isEmpty {
      let count = Self.fitting(prepared.map(\.call))
      let batch = prepared.prefix(count)
      let receipts = try await ledger.submit(
        batch.map(\.call.call), attachments: batch.flatMap(\.call.attachments), by: identity)
      for (item, receipt) in zip(batch, receipts) { outcomes[item.index] = .init(receipt) }
      prepared.removeFirst(count)
    }
    return outcomes
  }

  /// Bytes of contents under one signature.
  private static let contentBytes = 8 << 20

  /// How many calls one transaction has room for, at least one.
  private static func fitting(_ calls: [PreparedCall]) -> Int {
    var bytes = 0
    for (index, call) in calls.enumerated() {
      bytes += call.attachments.reduce(0) { $0 + $1.count }
      if bytes > contentBytes { return max(1, index) }
    }
    return calls.count
  }
}

extension RelaySentMessage {
  /// Whether sharing it again has no use: it is there, on its way, or was refused there. What did
  /// not arrive in time is sent anew.
  fileprivate var isAnswered: Bool { status != .undelivered || failure != .timedOut }
}

extension LedgerClientFault {
  /// Whether it is one invoice that cannot be shared, not the member that may not share or the
  /// chain that cannot be asked.
  fileprivate var isAboutContent: Bool {
    switch self {
    // The node's fault: another one has what the ledger names.
    case .sealing(.otherContent): false
    case .sealing: true
    case .refused(let code, _, _, _): SharingCore.isAboutInvoice(code)
    case .node(.refused(let report)): SharingCore.isAboutInvoice(report.code)
    case .cryptography, .node, .notProven: false
    }
  }
}
