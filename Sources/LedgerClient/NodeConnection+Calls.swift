public import Cryptography
internal import LedgerModel
public import Wire

// Each throws `ClientFault`; heights to wait for are 0 for no waiting.

extension NodeConnection {
  /// Submits an encoded `SignedTransaction`; the answer comes when it is executed and on disk.
  ///
  /// Every call of it may have been refused: look at the receipts.
  public func submit(
    _ transaction: [UInt8]
  ) async throws(ClientFault) -> WireSubmitResponse {
    // A node ends the connection amid a body that is too large, so that its refusal may be lost.
    guard transaction.count <= Limits.transactionBytes else {
      throw .refused(
        ProblemReport(
          code: "request.too_large", status: 413, field: "body",
          value: "\(transaction.count) bytes",
          remedy: "send at most \(Limits.transactionBytes) bytes", retryAfter: nil))
    }
    return try await ask(
      WireSubmitResponse.self, "/v1/transactions", post: transaction, accepting: [200, 409])
  }

  /// The receipts of an executed transaction, each with its log proof.
  public func receipts(of transaction: Digest) async throws(ClientFault) -> WireReceiptsResponse {
    try await ask(WireReceiptsResponse.self, "/v1/transactions/\(transaction.hex)")
  }

  /// The asset's value, or proof that it does not exist.
  public func asset(
    namespace: String, key: String, atLeast height: UInt64 = 0
  ) async throws(ClientFault) -> WireProofBundle {
    try await ask(
      WireProofBundle.self,
      "/v1/assets/\(namespace.pathSegment)/\(key.pathSegment)?at_least=\(height)")
  }

  /// Values or absences under one header: of the first so many that fit an answer, at least one.
  public func assets(_ request: WireAssetsRequest) async throws(ClientFault) -> WireProofBundle {
    try await ask(WireProofBundle.self, "/v1/assets", post: request.encoded)
  }

  /// The asset's complete history with its value, or proof that it does not exist.
  public func trail(
    namespace: String, key: String, atLeast height: UInt64 = 0
  ) async throws(ClientFault) -> WireProofBundle {
    try await ask(
      WireProofBundle.self,
      "/v1/assets/\(namespace.pathSegment)/\(key.pathSegment)/trail?at_least=\(height)")
  }

  /// One record of the operation log.
  public func logRecord(at position: UInt64) async throws(ClientFault) -> WireProofBundle {
    try await ask(WireProofBundle.self, "/v1/log/\(position)")
  }

  /// Proof that the log an older header commits to is a prefix of the newest proven one.
  public func consistency(from height: UInt64) async throws(ClientFault) -> WireProofBundle {
    try await ask(WireProofBundle.self, "/v1/consistency?from=\(height)")
  }

  /// Finalised headers from `height` on, at most `limit` (1 to 1,000), or as many as prove the
  /// first.
  public func headers(
    from height: UInt64, limit: Int
  ) async throws(ClientFault) -> WireHeadersResponse {
    try await ask(WireHeadersResponse.self, "/v1/headers?from=\(height)&limit=\(limit)")
  }

  /// The newest finalised header.
  public func latestHeader() async throws(ClientFault) -> WireHeadersResponse {
    try await ask(WireHeadersResponse.self, "/v1/headers/latest")
  }

  /// Links from an epoch on, each to the one after it; none from the newest.
  public func epochs(from epoch: UInt64) async throws(ClientFault) -> WireEpochsResponse {
    try await ask(WireEpochsResponse.self, "/v1/epochs?from=\(epoch)")
  }

  /// Sealed content for a member who may read it, asked for by an encoded `SignedQuery`.
  public func sealed(_ query: [UInt8]) async throws(ClientFault) -> WireSealedResponse {
    try await ask(WireSealedResponse.self, "/v1/sealed", post: query)
  }

  /// Sealed contents of packets for a member who may open them, asked for by an encoded
  /// `SignedQuery`: the first so many that fit an answer, at least one.
  public func packets(_ query: [UInt8]) async throws(ClientFault) -> WirePacketContents {
    try await ask(WirePacketContents.self, "/v1/packets", post: query)
  }

  /// What the node is doing.
  public func status() async throws(ClientFault) -> WireStatusResponse {
    try await ask(WireStatusResponse.self, "/v1/status")
  }

  /// The genesis document, byte for byte.
  public func genesis() async throws(ClientFault) -> [UInt8] {
    try await fetch("/v1/genesis")
  }

  /// Whether the server says that it works.
  public func isHealthy() async -> Bool {
    do throws(ClientFault) {
      _ = try await fetch("/healthz")
      return true
    } catch {
      return false
    }
  }

  /// What a router says of itself, in JSON: routers serve this, nodes do not.
  public func routerReport() async throws(ClientFault) -> [UInt8] { try await fetch("/v1/status") }

  /// Metrics in the Prometheus text format.
  public func metrics() async throws(ClientFault) -> String {
    String(decoding: try await fetch("/metrics"), as: UTF8.self)
  }
}

extension String {
  /// Percent-encoded for one segment of a path: all but RFC 3986's unreserved characters.
  fileprivate var pathSegment: String {
    var text = ""
    for byte in utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        text.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        text += "%" + [byte].hex.uppercased()
      }
    }
    return text
  }
}
