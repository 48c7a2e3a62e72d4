internal import BuiltinContracts
internal import Cryptography
internal import LedgerModel
internal import LedgerStore
internal import NIOPosix
internal import NodeAPI
internal import NodeCore
internal import RocksStorage
internal import Synchronization
internal import TransactionPool
internal import Transport
internal import Wire

/// Answers clients from the ledger. Everything that blocks runs on the workers.
struct LedgerService: NodeService {
  /// How long a client waits for a header that commits to the height it asks for.
  private static let proofWaitMs = 10_000
  /// Assets of one question.
  private static let assetsMax = 1_024
  /// Bytes after which an answer about several things ends; the first may be longer.
  static let batchBytes = 8 * 1_024 * 1_024

  let ledger: Ledger
  let store: RocksStore
  let admission: Admission
  let submissions: Submissions
  let mailbox: Mailbox<OrderingDriver.Message>
  let watch: NodeWatch
  let proven: Gate
  let logged: Gate
  let workers: NIOThreadPool
  let stages: Stages
  let links: PeerLinks
  /// Whether this node's own key is one that others link.
  let isRegistered: @Sendable () -> Bool
  let name: String
  let failure: Failure
  let clock: @Sendable () -> UInt64

  var genesisDocument: [UInt8] { ledger.genesis.document }

  func submit(_ bytes: [UInt8]) async throws(Problem) -> WireSubmitResponse {
    guard failure.error == nil else { throw .stopping }
    admission.begin()
    let verdict: Admission.Verdict
    do throws(Problem) {
      verdict = try await work { () throws(Problem) in try admission.judge(bytes) }
    } catch {
      if admission.end() { mailbox.send(.event(.work)) }
      throw error
    }
    switch verdict {
    case .new(let transaction, let epoch):
      return try await order(transaction, epoch: epoch)
    case .repeated(let id, _):
      if admission.end() { mailbox.send(.event(.work)) }
      let outcome = try await work { () throws(Problem) in
        try admission.stored { () throws(LedgerFault) in try ledger.outcome(of: id) }
      }
      guard let outcome else { throw .stopping }
      return response(id, outcome, isRepeated: true)
    }
  }

  /// Puts a transaction that was judged into the pool, and waits for its block.
  ///
  /// The orderer is woken by the first to wait and by the last one judged, not by each.
  private func order(
    _ transaction: Transaction, epoch: UInt64
  ) async throws(Problem) -> WireSubmitResponse {
    let answer: Submissions.Answer = await withCheckedContinuation { continuation in
      if submissions.wait(for: transaction.id, continuation) { enqueue(transaction, epoch: epoch) }
      if admission.end() { mailbox.send(.event(.work)) }
      if failure.error != nil { submissions.resolve(transaction.id, .failure(.stopping)) }
    }
    return response(transaction.id, try answer.get(), isRepeated: false)
  }

  private func enqueue(_ transaction: Transaction, epoch: UInt64) {
    do throws(Problem) {
      // Another node's batch may have brought it since it was judged: its block is not seen again.
      let executed = try admission.stored { () throws(LedgerFault) in
        try ledger.outcome(of: transaction.id)
      }
      if let executed { return submissions.resolve(transaction.id, .success(executed)) }
      let isFirst: Bool
      do throws(PoolFault) {
        isFirst = try admission.pool.withLock { (pool) throws(PoolFault) in
          try pool.add(transaction, epoch: epoch) && pool.count == 1
        }
      } catch {
        throw Problem(error)
      }
      if isFirst { mailbox.send(.event(.work)) }
    } catch {
      submissions.resolve(transaction.id, .failure(error))
    }
  }

  private func response(
    _ id: Digest, _ outcome: Submissions.Outcome, isRepeated: Bool
  ) -> WireSubmitResponse {
    var response = WireSubmitResponse()
    response.transactionID = id.bytes.data
    response.height = outcome.height
    response.receipts = outcome.receipts.map(\.wire)
    response.repeatedSubmission = isRepeated
    return response
  }

  func receipts(of id: Digest) async throws(Problem) -> WireReceiptsResponse {
    let place = try await read { () throws(LedgerFault) in
      guard let place = try ledger.receipts(of: id) else {
        throw .notAvailable(what: "transaction \(id)")
      }
      return place
    }
    try await waitUntilProven(place.height)
    return try await read { () throws(LedgerFault) in
      let anchor = try anchor()
      var response = WireReceiptsResponse()
      response.transactionID = id.bytes.data
      response.height = place.height
      let positions = place.position..<place.position + UInt64(place.count)
      response.bundle = anchor.bundle(try ledger.proveRecords(positions, at: anchor))
      return response
    }
  }

  func asset(
    namespace: String, key: String, atLeast height: UInt64
  ) async throws(Problem) -> WireProofBundle {
    let asset = try checked(namespace, key)
    try await waitUntilProven(height)
    return try await read { () throws(LedgerFault) in
      let anchor = try anchor()
      return anchor.bundle([try ledger.prove(asset, at: anchor)])
    }
  }

  func assets(_ request: [UInt8]) async throws(Problem) -> WireProofBundle {
    let question: WireAssetsRequest
    do { question = try WireAssetsRequest(strict: request, limit: request.count) } catch {
      throw Problem(.wire(error))
    }
    guard 1...Self.assetsMax ~= question.assets.count else {
      throw Problem(
        "request.invalid", status: 400, field: "assets", value: "\(question.assets.count)",
        remedy: "name 1 to \(Self.assetsMax) assets")
    }
    var assets: [AssetID] = []
    for name in question.assets { assets.append(try checked(name.namespace, name.key)) }
    try await waitUntilProven(question.atLeast)
    return try await read { [assets] () throws(LedgerFault) in
      let anchor = try anchor()
      var items: [WireProofItem] = []
      var size = 0
      for asset in assets {
        let item = try ledger.prove(asset, at: anchor)
        size += item.encoded.count
        guard items.isEmpty || size <= Self.batchBytes else { break }
        items.append(item)
      }
      return anchor.bundle(items)
    }
  }

  func trail(
    namespace: String, key: String, atLeast height: UInt64
  ) async throws(Problem) -> WireProofBundle {
    let asset = try checked(namespace, key)
    try await waitUntilProven(height)
    return try await read { () throws(LedgerFault) in
      let anchor = try anchor()
      return anchor.bundle([try ledger.proveTrail(asset, at: anchor)])
    }
  }

  func logRecord(at position: UInt64) async throws(Problem) -> WireProofBundle {
    try await waitUntilProven(0)
    return try await read { () throws(LedgerFault) in
      let anchor = try anchor()
      return anchor.bundle([try ledger.proveRecord(at: position, at: anchor)])
    }
  }

  func consistency(from olderHeight: UInt64) async throws(Problem) -> WireProofBundle {
    try await waitUntilProven(0)
    return try await read { () throws(LedgerFault) in
      let anchor = try anchor()
      return anchor.bundle([try ledger.proveConsistency(from: olderHeight, at: anchor)])
    }
  }

  func headers(from height: UInt64, limit: Int) async throws(Problem) -> WireHeadersResponse {
    try await read { () throws(LedgerFault) in
      var response = WireHeadersResponse()
      response.headers = try ledger.headers(from: height, limit: limit).map(\.wire)
      return response
    }
  }

  func epochs(from epoch: UInt64, limit: Int) async throws(Problem) -> WireEpochsResponse {
    try await read { () throws(LedgerFault) in
      var response = WireEpochsResponse()
      response.links = try ledger.epochLinks(from: epoch, limit: limit)
      return response
    }
  }

  func sealed(_ query: [UInt8]) async throws(Problem) -> WireSealedResponse {
    let question = try await work { () throws(Problem) in
      try SealedQuery(decoding: query, admission: admission, ledger: ledger, nowMs: clock())
    }
    // What is proven must be as new as what was judged, or a revocation could be missed.
    // Blocks without records change nothing, and are not waited for.
    if ledger.tip?.header.executed.logSize ?? 0 < question.judgedLogSize {
      try await waitUntilProven(question.judgedHeight)
    }
    return try await read { () throws(LedgerFault) in
      let anchor = try anchor()
      var response = WireSealedResponse()
      response.bundle = anchor.bundle([try ledger.prove(question.asset, at: anchor)])
      guard let content = try ledger.attachment(question.attachment) else {
        throw .missing(what: "attachment", place: question.attachment.hex)
      }
      response.ciphertext = content.data
      return response
    }
  }

  func packets(_ query: [UInt8]) async throws(Problem) -> WirePacketContents {
    let question = try await work { () throws(Problem) in
      try PacketsQuery(decoding: query, admission: admission, ledger: ledger, nowMs: clock())
    }
    return try await read { () throws(LedgerFault) in try question.contents(of: ledger) }
  }

  func feed(
    from position: UInt64, limit: Int, waitMs: Int
  ) async throws(Problem) -> [WireFeedItem] {
    let (size, overflow) = position.addingReportingOverflow(1)
    guard !overflow else {
      throw Problem(
        "request.invalid", status: 400, field: "from", value: "\(position)",
        remedy: "no log has this position: go on after the last record")
    }
    guard await logged.wait(for: size, milliseconds: waitMs) else { return [] }
    return try await read { () throws(LedgerFault) in
      let end = min(position + UInt64(limit), ledger.executed.logSize)
      return zip(position..., try ledger.records(position..<end)).map { position, record in
        var item = WireFeedItem()
        item.position = position
        item.kind = WireLogRecordKind(rawValue: Int(record.kind)) ?? .unspecified
        item.record = record.bytes.data
        return item
      }
    }
  }

  // MARK: Steps

  private func checked(_ namespace: String, _ key: String) throws(Problem) -> AssetID {
    for (field, value) in [("namespace", namespace), ("key", key)]
    where !(1...AssetID.byteLimit ~= value.utf8.count) {
      throw Problem(
        "request.invalid", status: 400, field: field, value: value,
        remedy: "use 1 to \(AssetID.byteLimit) bytes")
    }
    return AssetID(namespace: namespace, key: key)
  }

  /// Waits until a finalised header commits to the state of `height`, and to some state at all.
  private func waitUntilProven(_ height: UInt64) async throws(Problem) {
    if ledger.tip != nil, proven.value >= height { return }
    let newest = ledger.tip?.header.height ?? 0
    guard height <= newest + 1 else {
      throw Problem(
        "request.height_not_reached", status: 404, field: "at_least", value: "\(height)",
        remedy: "the newest block is \(newest): ask for a height that a receipt names")
    }
    mailbox.send(.event(.proofWanted(height: height)))
    let isProven = await proven.wait(for: height, milliseconds: Self.proofWaitMs)
    guard isProven, ledger.tip != nil else {
      throw Problem(
        "node.not_proven_yet", status: 503, field: "at_least", value: "\(height)",
        remedy: "no finalised header commits to this height yet: ask again", retryAfter: 1)
    }
  }

  private func anchor() throws(LedgerFault) -> Ledger.Anchor {
    guard let anchor = try ledger.anchor() else {
      throw .notAvailable(what: "a finalised header")
    }
    return anchor
  }

  private func read<Value: Sendable>(
    _ body: @escaping @Sendable () throws(LedgerFault) -> Value
  ) async throws(Problem) -> Value {
    try await work { () throws(Problem) in
      do throws(LedgerFault) { return try body() } catch { throw Problem(error) }
    }
  }

  /// Runs blocking work on the workers.
  private func work<Value: Sendable>(
    _ body: @escaping @Sendable () throws(Problem) -> Value
  ) async throws(Problem) -> Value {
    let result: Result<Value, Problem>
    do {
      result = try await workers.runIfActive { Result(catching: body) }
    } catch {
      throw .stopping
    }
    return try result.get()
  }
}
