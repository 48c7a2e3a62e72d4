public import Cryptography
public import LedgerModel
public import LightVerifier
internal import Synchronization
public import Wire

/// A chain as a client sees it through one node that it need not trust: every answer is proven
/// against the genesis document before it is returned.
public struct RemoteLedger: Sendable {
  public let connection: NodeConnection
  public let genesis: Genesis
  public var suite: any CryptoSuite { genesis.suite }
  /// Judges answers, with all the epochs that this client was led to.
  public var verifier: LightVerifier { guide.verifier }
  private let guide: EpochGuide
  /// The newest height that this client has seen acknowledged or proven: answers never go back.
  private let seen = SeenHeight()

  public init(connection: NodeConnection, genesis: Genesis) {
    self.connection = connection
    self.genesis = genesis
    guide = EpochGuide(genesis)
  }

  /// The asset's value now, or `nil` if it is proven not to exist.
  public func value(of asset: AssetID) async throws(LedgerClientFault) -> ProvenAnswer<ProvenValue>
  {
    let wanted = seen.height
    let bundle = try await asking { () async throws(ClientFault) in
      try await connection.asset(namespace: asset.namespace, key: asset.key, atLeast: wanted)
    }
    let verified = try verify(bundle, atLeast: wanted)
    switch verified.facts.first {
    case .value(let value) where value.asset == asset && verified.facts.count == 1:
      return ProvenAnswer(fact: value, header: verified.header, bundle: bundle)
    case .absence(asset) where verified.facts.count == 1:
      return ProvenAnswer(fact: nil, header: verified.header, bundle: bundle)
    default:
      throw .notProven(.otherAnswer(expected: "\(asset)", found: "something else"))
    }
  }

  /// Values of several assets under one header: of the first so many that fit an answer, and at
  /// least of one.
  /// - Parameter assets: 1 to 1,024.
  public func values(
    of assets: [AssetID], atLeast height: UInt64 = 0
  ) async throws(LedgerClientFault) -> ProvenAnswers {
    var request = WireAssetsRequest()
    let wanted = max(seen.height, height)
    request.atLeast = wanted
    request.assets = assets.map { asset in
      var name = WireAssetName()
      name.namespace = asset.namespace
      name.key = asset.key
      return name
    }
    let bundle = try await asking { () async throws(ClientFault) in
      try await connection.assets(request)
    }
    let verified = try verify(bundle, atLeast: wanted)
    guard verified.facts.count <= assets.count else {
      throw .notProven(
        .otherAnswer(expected: "\(assets.count) values", found: "\(verified.facts.count)"))
    }
    var values: [ProvenValue?] = []
    for (fact, asset) in zip(verified.facts, assets) {
      switch fact {
      case .value(let value) where value.asset == asset: values.append(value)
      case .absence(asset): values.append(nil)
      default: throw .notProven(.otherAnswer(expected: "\(asset)", found: "something else"))
      }
    }
    return ProvenAnswers(values: values, header: verified.header, bundle: bundle)
  }

  /// The asset's complete history, or `nil` if it is proven not to exist.
  public func trail(of asset: AssetID) async throws(LedgerClientFault) -> ProvenAnswer<ProvenTrail>
  {
    let wanted = seen.height
    let bundle = try await asking { () async throws(ClientFault) in
      try await connection.trail(namespace: asset.namespace, key: asset.key, atLeast: wanted)
    }
    let verified = try verify(bundle, atLeast: wanted)
    switch verified.facts.first {
    case .trail(let trail) where trail.current.asset == asset && verified.facts.count == 1:
      return ProvenAnswer(fact: trail, header: verified.header, bundle: bundle)
    case .absence(asset) where verified.facts.count == 1:
      return ProvenAnswer(fact: nil, header: verified.header, bundle: bundle)
    default:
      throw .notProven(.otherAnswer(expected: "trail of \(asset)", found: "something else"))
    }
  }

  /// Proof that the log was only appended to since an older header, with that header.
  public func consistency(
    from height: UInt64
  ) async throws(LedgerClientFault) -> ProvenAnswer<BlockHeader> {
    let wanted = seen.height
    let bundle = try await asking { () async throws(ClientFault) in
      try await connection.consistency(from: height)
    }
    let verified = try verify(bundle, atLeast: wanted)
    guard case .consistency(let older) = verified.facts.first, older.height == height else {
      throw .notProven(.otherAnswer(expected: "consistency from \(height)", found: "another"))
    }
    return ProvenAnswer(fact: older, header: verified.header, bundle: bundle)
  }

  /// The newest finalised header, or `nil` before the first block.
  public func newestHeader() async throws(LedgerClientFault) -> BlockHeader? {
    let wanted = seen.height
    let status = try await asking { () async throws(ClientFault) in try await connection.status() }
    guard status.height >= wanted else {
      throw .notProven(.tooOld(wanted: wanted, proven: status.height))
    }
    return status.height > 0 ? try await provenHeader(at: status.height) : nil
  }

  /// The finalised header of a height above 0.
  public func provenHeader(at height: UInt64) async throws(LedgerClientFault) -> BlockHeader {
    try await headerProof(at: height).header
  }

  /// The finalised header of a height above 0, with the headers that prove it.
  public func headerProof(
    at height: UInt64
  ) async throws(LedgerClientFault) -> (header: BlockHeader, proof: WireHeaderProof) {
    let answer = try await asking { () async throws(ClientFault) in
      try await connection.headers(from: height, limit: 1)
    }
    guard !answer.headers.isEmpty, let header = try await proven(answer.headers).first else {
      throw .notProven(.otherAnswer(expected: "header \(height)", found: "nothing"))
    }
    guard header.height == height else {
      throw .notProven(
        .otherAnswer(expected: "header \(height)", found: "header \(header.height)"))
    }
    var proof = WireHeaderProof()
    proof.headers = answer.headers
    return (header, proof)
  }

  /// Consecutive headers, proven; if they are of an epoch that is not known yet, the node is asked
  /// for the links that are missing.
  private func proven(
    _ headers: [WireProvenHeader]
  ) async throws(LedgerClientFault) -> [BlockHeader] {
    while true {
      let newest = guide.verifier.epochs.newest
      do throws(ProofFault) {
        return try guide.verifier.verify(headers)
      } catch {
        guard case .unknownEpoch = error else { throw .notProven(error) }
        try await followEpochs(from: newest)
        guard guide.verifier.epochs.newest > newest else { throw .notProven(error) }
      }
    }
  }

  /// An epoch of the chain, led to if it is not known yet.
  func epoch(_ number: UInt64) async throws(LedgerClientFault) -> Epoch {
    let newest = guide.verifier.epochs.newest
    if number > newest { try await followEpochs(from: newest) }
    guard let epoch = guide.verifier.epochs[number] else {
      throw .notProven(.unknownEpoch(number, newest: guide.verifier.epochs.newest))
    }
    return epoch
  }

  private func followEpochs(from newest: UInt64) async throws(LedgerClientFault) {
    let answer = try await asking { () async throws(ClientFault) in
      try await connection.epochs(from: newest)
    }
    guide.follow(answer.links)
  }

  /// Signs calls as one transaction, submits it, and returns its proven receipts.
  ///
  /// If the connection breaks, the same bytes are submitted again: they are executed at most once.
  /// - Parameter height: One that the chain has reached just now; the node is asked if it is not
  ///   given.
  public func submit(
    _ calls: [Transaction.Call], attachments: [[UInt8]] = [], allOrNothing: Bool = false,
    at height: UInt64? = nil, by identity: Identity
  ) async throws(LedgerClientFault) -> [Receipt] {
    // The height is the node's word.
    let newest =
      if let height { height } else {
        try await asking { () async throws(ClientFault) in try await connection.status() }.height
      }
    let (last, overflow) = newest.addingReportingOverflow(Self.validBlocks)
    let transaction = try sign(
      calls, attachments: attachments, allOrNothing: allOrNothing,
      validUntil: overflow ? .max : last, by: identity)
    let response = try await submit(transaction.encoded())
    guard response.transactionID.octets == transaction.id.bytes else {
      throw .notProven(
        .otherAnswer(
          expected: "transaction \(transaction.id)", found: response.transactionID.octets.hex))
    }
    return try await receipts(of: transaction)
  }

  /// Signs calls as one transaction under a fresh idempotency key.
  /// - Parameter validUntil: The last height at which it may be executed.
  public func sign(
    _ calls: [Transaction.Call], attachments: [[UInt8]] = [], allOrNothing: Bool = false,
    validUntil: UInt64, by identity: Identity
  ) throws(LedgerClientFault) -> Transaction {
    do {
      return try Transaction(
        chainID: genesis.chainID, member: identity.member, idempotencyKey: randomBytes(16),
        validUntil: validUntil, allOrNothing: allOrNothing, calls: calls,
        attachments: attachments, key: identity.signing, suite: suite)
    } catch {
      throw .cryptography(error)
    }
  }

  /// Blocks for which a transaction stays valid.
  private static let validBlocks: UInt64 = 10_000
  /// Times a transaction is submitted before the client gives up.
  private static let attempts = 3

  private func submit(
    _ bytes: [UInt8]
  ) async throws(LedgerClientFault) -> WireSubmitResponse {
    var attempt = 1
    while true {
      do throws(ClientFault) {
        return try await connection.submit(bytes)
      } catch {
        guard attempt < Self.attempts, error.isTransient else { throw .node(error) }
        attempt += 1
        try? await Task.sleep(for: .seconds(error.retryAfter ?? attempt))
      }
    }
  }

  /// The receipts of a transaction that was executed, proven and complete.
  public func receipts(of transaction: Transaction) async throws(LedgerClientFault) -> [Receipt] {
    let wanted = seen.height
    let response = try await asking { () async throws(ClientFault) in
      try await connection.receipts(of: transaction.id)
    }
    let verified = try verify(response.bundle, atLeast: wanted)
    var receipts: [Receipt] = []
    for fact in verified.facts {
      guard case .receipt(let receipt, _) = fact, receipt.transactionID == transaction.id,
        receipt.callIndex == receipts.count
      else {
        throw .notProven(
          .otherAnswer(expected: "receipts of \(transaction.id)", found: "something else"))
      }
      receipts.append(receipt)
    }
    guard receipts.count == transaction.calls.count else {
      throw .notProven(
        .otherAnswer(
          expected: "\(transaction.calls.count) receipts", found: "\(receipts.count)"))
    }
    seen.raise(to: receipts.first?.height ?? 0)
    return receipts
  }

  /// - Parameter wanted: The height that had been seen when the question was asked; others may
  ///   have seen more since.
  private func verify(
    _ bundle: WireProofBundle, atLeast wanted: UInt64
  ) throws(LedgerClientFault) -> VerifiedBundle {
    guide.follow(bundle.epochs)
    let verified: VerifiedBundle
    do { verified = try guide.verifier.verify(bundle) } catch { throw .notProven(error) }
    guide.remember(bundle, verified)
    let height = verified.header.executed.height
    guard height >= wanted else {
      throw .notProven(.tooOld(wanted: wanted, proven: height))
    }
    seen.raise(to: height)
    return verified
  }

  /// The newest height that this client has seen proven.
  var seenHeight: UInt64 { seen.height }

  func asking<Value>(
    _ body: () async throws(ClientFault) -> Value
  ) async throws(LedgerClientFault) -> Value {
    do { return try await body() } catch { throw .node(error) }
  }

  /// Checks a bundle that came with another answer and takes note of its height.
  /// - Parameter wanted: `seenHeight` as it was when the question was asked.
  func checked(
    _ bundle: WireProofBundle, atLeast wanted: UInt64
  ) throws(LedgerClientFault) -> VerifiedBundle {
    try verify(bundle, atLeast: wanted)
  }
}

/// Something proven, with the proof.
public struct ProvenAnswer<Fact: Sendable>: Sendable {
  /// `nil`: proven not to exist.
  public let fact: Fact?
  public let header: BlockHeader
  /// The self-contained proof.
  public let bundle: WireProofBundle

  init(fact: Fact?, header: BlockHeader, bundle: WireProofBundle) {
    self.fact = fact
    self.header = header
    self.bundle = bundle
  }
}

/// Several assets proven under one header.
public struct ProvenAnswers: Sendable {
  /// Of the first assets asked for, in their order; `nil`: proven not to exist.
  public let values: [ProvenValue?]
  public let header: BlockHeader
  /// The self-contained proof, with one item for each value.
  public let bundle: WireProofBundle
}

/// Why a client has no proven answer.
public enum LedgerClientFault: Error, Hashable, Sendable {
  /// The node did not answer, or refused.
  case node(ClientFault)
  /// The node's answer is not proven: it may lie.
  case notProven(ProofFault)
  case sealing(SealingFault)
  case cryptography(CryptographyFault)
  /// The member may not do this, or something named does not exist here.
  case refused(code: String, field: String, value: String, remedy: String)
}

extension ClientFault {
  /// Whether the same request may succeed later.
  var isTransient: Bool {
    switch self {
    case .unreachable, .timedOut: true
    case .refused(let report): report.status == 429 || report.status == 503
    case .protocolViolation: false
    }
  }

  /// Most seconds that a node can make a client wait.
  private static let longestPause = 60

  var retryAfter: Int? {
    guard case .refused(let report) = self, let seconds = report.retryAfter else { return nil }
    return min(max(seconds, 0), Self.longestPause)
  }
}

private final class SeenHeight: Sendable {
  private let value = Mutex<UInt64>(0)
  var height: UInt64 { value.withLock { $0 } }
  func raise(to height: UInt64) { value.withLock { $0 = max($0, height) } }
}
