public import Cryptography
public import Wire

/// What the client API asks of a node. Every call may be made by many clients at once.
public protocol NodeService: Sendable {
  /// The genesis document, byte for byte.
  var genesisDocument: [UInt8] { get }

  /// Admits an encoded `SignedTransaction` and answers when its block is executed and on disk.
  func submit(_ transaction: [UInt8]) async throws(Problem) -> WireSubmitResponse
  /// The receipts of an executed transaction, each with its log proof.
  func receipts(of transaction: Digest) async throws(Problem) -> WireReceiptsResponse
  /// The asset's value, or proof that it does not exist.
  /// - Parameter height: Wait until a finalised header commits to this height (0: no waiting).
  func asset(
    namespace: String, key: String, atLeast height: UInt64
  ) async throws(Problem) -> WireProofBundle
  /// Values or absences under one header, asked for by an encoded `AssetsRequest`: of the first so
  /// many that fit an answer, at least one.
  func assets(_ request: [UInt8]) async throws(Problem) -> WireProofBundle
  /// The asset's complete history with its value, or proof that it does not exist.
  func trail(
    namespace: String, key: String, atLeast height: UInt64
  ) async throws(Problem) -> WireProofBundle
  /// One record of the operation log.
  func logRecord(at position: UInt64) async throws(Problem) -> WireProofBundle
  /// Proof that the log an older header commits to is a prefix of the newest proven one.
  func consistency(from olderHeight: UInt64) async throws(Problem) -> WireProofBundle
  /// Finalised headers from `height` on, at most `limit`, or as many as prove the first.
  func headers(from height: UInt64, limit: Int) async throws(Problem) -> WireHeadersResponse
  /// The links from `epoch` on to those after it, at most `limit`; none from the newest.
  func epochs(from epoch: UInt64, limit: Int) async throws(Problem) -> WireEpochsResponse
  /// Sealed content for a member who may read it, asked for by an encoded `SignedQuery`.
  func sealed(_ query: [UInt8]) async throws(Problem) -> WireSealedResponse
  /// Sealed contents of packets for a member who may open them, asked for by an encoded
  /// `SignedQuery`: the first so many that fit an answer, at least one.
  func packets(_ query: [UInt8]) async throws(Problem) -> WirePacketContents
  /// What the node is doing.
  func status() async -> WireStatusResponse
  /// Operation-log records from `position` on, as they are executed, at most `limit` at once.
  ///
  /// Answers as soon as there is at least one, or with none after `waitMs` milliseconds.
  func feed(
    from position: UInt64, limit: Int, waitMs: Int
  ) async throws(Problem) -> [WireFeedItem]
  /// Metrics in the Prometheus text format.
  func metrics() async -> String
}
