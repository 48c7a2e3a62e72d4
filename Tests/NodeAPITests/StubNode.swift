import Cryptography
import NodeAPI
import Synchronization
import Wire

/// A node that answers every question with what was asked, and keeps what was submitted.
final class StubNode: NodeService {
  let genesisDocument: [UInt8]
  /// Records that the log has: positions 0 ..< logSize.
  let logSize: UInt64
  /// How long `submit` takes.
  let delay: Duration
  private let submissions = Mutex<[[UInt8]]>([])
  private let largestPull = Mutex<Int>(0)

  init(logSize: UInt64 = 0, delay: Duration = .zero, genesis: [UInt8] = Array("genesis".utf8)) {
    self.logSize = logSize
    self.delay = delay
    genesisDocument = genesis
  }

  var submitted: [[UInt8]] { submissions.withLock { $0 } }
  var pulled: Int { largestPull.withLock { $0 } }

  /// Succeeds unless the signature is "refused"; throws a problem if it is "busy" or not decodable.
  func submit(_ transaction: [UInt8]) async throws(Problem) -> WireSubmitResponse {
    let signed: WireSignedTransaction
    do {
      signed = try WireSignedTransaction(strict: transaction, limit: .max)
    } catch {
      throw Problem(
        "transaction.malformed", status: 400, field: "transaction", value: "\(error)",
        remedy: "send a SignedTransaction")
    }
    submissions.withLock { $0.append(transaction) }
    if delay > .zero { try? await Task.sleep(for: delay) }
    switch String(decoding: signed.signature, as: UTF8.self) {
    case "busy":
      throw Problem(
        "pool.full", status: 429, field: "pool", value: "full", remedy: "wait", retryAfter: 7)
    case "conflict":
      throw Problem(
        "transaction.conflict", status: 409, field: "key", value: "k", remedy: "use another")
    case "refused": return outcome(refused: true)
    default: return outcome(refused: false)
    }
  }

  func outcome(refused: Bool) -> WireSubmitResponse {
    var receipt = WireReceipt()
    receipt.method = "register"
    if refused { receipt.refusal.code = "invoice.exists" } else { receipt.success.events = 1 }
    var response = WireSubmitResponse()
    response.height = 7
    response.receipts = [receipt]
    return response
  }

  func receipts(of transaction: Digest) async throws(Problem) -> WireReceiptsResponse {
    var response = WireReceiptsResponse()
    response.transactionID = transaction.bytes.data
    response.height = 9
    return response
  }

  func asset(
    namespace: String, key: String, atLeast height: UInt64
  ) async throws(Problem) -> WireProofBundle {
    var bundle = WireProofBundle()
    bundle.format = UInt32(height)
    var item = WireProofItem()
    item.value.namespace = namespace
    item.value.key = key
    bundle.items = [item]
    return bundle
  }

  func assets(_ request: [UInt8]) async throws(Problem) -> WireProofBundle {
    var bundle = WireProofBundle()
    bundle.header.header = request.data
    return bundle
  }

  func trail(
    namespace: String, key: String, atLeast height: UInt64
  ) async throws(Problem) -> WireProofBundle {
    var bundle = WireProofBundle()
    bundle.format = UInt32(height)
    var item = WireProofItem()
    item.trail.current.namespace = namespace
    item.trail.current.key = key
    bundle.items = [item]
    return bundle
  }

  func logRecord(at position: UInt64) async throws(Problem) -> WireProofBundle {
    guard position < 1_000 else {
      throw Problem(
        "log.no_such_position", status: 404, field: "position", value: "\(position)",
        remedy: "ask below the log's size")
    }
    var bundle = WireProofBundle()
    var item = WireProofItem()
    item.log.position = position
    bundle.items = [item]
    return bundle
  }

  func consistency(from olderHeight: UInt64) async throws(Problem) -> WireProofBundle {
    var bundle = WireProofBundle()
    bundle.format = UInt32(olderHeight)
    return bundle
  }

  func headers(from height: UInt64, limit: Int) async throws(Problem) -> WireHeadersResponse {
    var response = WireHeadersResponse()
    response.headers = (0..<UInt64(limit)).map { index in
      var header = WireProvenHeader()
      header.header = [UInt8(truncatingIfNeeded: height + index)].data
      return header
    }
    return response
  }

  func epochs(from epoch: UInt64, limit: Int) async throws(Problem) -> WireEpochsResponse {
    var link = WireEpochLink()
    link.last.header = [UInt8(truncatingIfNeeded: epoch), UInt8(truncatingIfNeeded: limit)].data
    var response = WireEpochsResponse()
    response.links = [link]
    return response
  }

  func sealed(_ query: [UInt8]) async throws(Problem) -> WireSealedResponse {
    var response = WireSealedResponse()
    response.ciphertext = query.data
    return response
  }

  func packets(_ query: [UInt8]) async throws(Problem) -> WirePacketContents {
    var content = WirePacketContent()
    content.ciphertext = query.data
    var answer = WirePacketContents()
    answer.contents = [content]
    return answer
  }

  func status() async -> WireStatusResponse {
    var response = WireStatusResponse()
    response.node = "node-1"
    response.height = 42
    return response
  }

  func feed(
    from position: UInt64, limit: Int, waitMs: Int
  ) async throws(Problem) -> [WireFeedItem] {
    guard position <= logSize else {
      throw Problem(
        "log.no_such_position", status: 404, field: "position", value: "\(position)",
        remedy: "start at \(logSize) or below")
    }
    guard position < logSize else {
      try? await Task.sleep(for: .milliseconds(waitMs))
      return []
    }
    largestPull.withLock { $0 = max($0, limit) }
    return (position..<min(logSize, position + UInt64(limit))).map(item)
  }

  func item(_ position: UInt64) -> WireFeedItem {
    var item = WireFeedItem()
    item.position = position
    item.kind = position.isMultiple(of: 2) ? .event : .receipt
    item.record = [UInt8(truncatingIfNeeded: position)].data
    return item
  }

  func metrics() async -> String { "yilian_height 42\n" }
}
