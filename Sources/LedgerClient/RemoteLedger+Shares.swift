public import BuiltinContracts
internal import Cryptography
public import LedgerModel
internal import LightVerifier
internal import Wire

// Invoices that this chain recorded, as they are shared with another (M3).

extension RemoteLedger {
  /// What is shared of an invoice that this chain recorded: the public part, with the proven
  /// position of the event that recorded it, and the original file.
  public func share(
    of invoice: AssetID, by identity: Identity, timeMs: UInt64
  ) async throws(LedgerClientFault) -> (share: RelayInvoiceShare, file: [UInt8]) {
    guard let trail = try await trail(of: invoice).fact else {
      throw .refused(
        code: "invoice.not_found", field: "invoice", value: invoice.key,
        remedy: BuiltinContracts.code("invoice.not_found")?.remedy ?? "")
    }
    let facts = try invoiceState(trail.current.value).facts
    let (state, file) = try await read(
      code: facts.code, number: facts.number, by: identity, timeMs: timeMs)
    var share = RelayInvoiceShare()
    share.facts = state.facts
    if state.isRed {
      share.blueCode = state.relatedCode
      share.blueNumber = state.relatedNumber
    }
    share.cursor =
      trail.events.dropFirst().first?.previousPosition ?? trail.current.leaf.position
    return (share, file)
  }

  /// A packet that shares an invoice, without what its sender chooses.
  public static func packet(_ share: RelayInvoiceShare) -> RelayPacket {
    var packet = RelayPacket()
    packet.messageType = "invoice.share"
    packet.schema = SealedContent.invoiceFile
    packet.schemaVersion = 1
    packet.body = share.encoded.data
    return packet
  }

  /// Invoices that this chain recorded from a position of its log on, in its order, so that a blue
  /// one comes before its red one. They are the node's word.
  /// - Parameters:
  ///   - height: Of the last block that is looked at; `nil`: of the newest.
  ///   - most: After so many the search ends.
  /// - Returns: Also the position to go on at; `nil` if there are no more.
  public func recordedInvoices(
    from position: UInt64, upTo height: UInt64? = nil, most: Int = .max
  ) async throws(LedgerClientFault) -> (invoices: [AssetID], next: UInt64?) {
    let status = try await asking { () async throws(ClientFault) in try await connection.status() }
    guard status.executedHeight >= height ?? 0 else {
      throw .notProven(.tooOld(wanted: height ?? 0, proven: status.executedHeight))
    }
    guard position < status.logSize, most > 0 else { return ([], nil) }
    var invoices: [AssetID] = []
    do throws(ClientFault) {
      var items = try await connection.events(from: position).makeAsyncIterator()
      while let item = try await items.next() {
        if item.kind == .event, let event = try? AssetEvent(decoding: item.record.octets) {
          if let height, event.height > height { return (invoices, nil) }
          if event.recordsInvoice { invoices.append(event.asset) }
        }
        if item.position + 1 >= status.logSize { return (invoices, nil) }
        if invoices.count >= most { return (invoices, item.position + 1) }
      }
    } catch {
      throw .node(error)
    }
    throw .node(.unreachable(url: connection.url, reason: "the node ended its events"))
  }
}

extension AssetEvent {
  /// Whether its chain recorded an invoice itself.
  fileprivate var recordsInvoice: Bool {
    asset.namespace == InvoiceContract.namespace && ["putBlue", "putRed"].contains(operation)
  }
}
