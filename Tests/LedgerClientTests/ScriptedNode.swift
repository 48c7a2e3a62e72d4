import Cryptography
import NodeAPI
import Wire

/// A node whose answers show what was asked.
struct ScriptedNode: NodeService {
  var genesisDocument: [UInt8] { [1, 2, 3] }
  var logSize: UInt64 = 5
  var delay = Duration.zero

  func submit(_ transaction: [UInt8]) async throws(Problem) -> WireSubmitResponse {
    switch transaction.first {
    case UInt8(ascii: "b"):
      throw Problem(
        "pool.full", status: 429, field: "pool", value: "9", remedy: "wait", retryAfter: 3)
    case UInt8(ascii: "c"):
      throw Problem("conflict", status: 409, field: "key", value: "k", remedy: "use another")
    case let first:
      var receipt = WireReceipt()
      if first == UInt8(ascii: "r") {
        receipt.refusal.code = "invoice.exists"
      } else {
        receipt.success.events = 1
      }
      var response = WireSubmitResponse()
      response.transactionID = transaction.data
      response.receipts = [receipt]
      return response
    }
  }

  func receipts(of transaction: Digest) async throws(Problem) -> WireReceiptsResponse {
    var response = WireReceiptsResponse()
    response.transactionID = transaction.bytes.data
    return response
  }

  func asset(
    namespace: String, key: String, atLeast height: UInt64
  ) async throws(Problem) -> WireProofBundle {
    bundle(height) { $0.value.namespace = namespace + "|" + key }
  }

  func assets(_ request: [UInt8]) async throws(Problem) -> WireProofBundle {
    bundle(0) { $0.value.value = request.data }
  }

  func trail(
    namespace: String, key: String, atLeast height: UInt64
  ) async throws(Problem) -> WireProofBundle {
    bundle(height) { $0.trail.current.namespace = namespace + "|" + key }
  }

  func logRecord(at position: UInt64) async throws(Problem) -> WireProofBundle {
    bundle(0) { $0.log.position = position }
  }

  func consistency(from olderHeight: UInt64) async throws(Problem) -> WireProofBundle {
    bundle(olderHeight) { $0.consistency.path = [] }
  }

  func headers(from height: UInt64, limit: Int) async throws(Problem) -> WireHeadersResponse {
    var header = WireProvenHeader()
    header.header = [UInt8(truncatingIfNeeded: height), UInt8(truncatingIfNeeded: limit)].data
    var response = WireHeadersResponse()
    response.headers = [header]
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
    if delay > .zero { try? await Task.sleep(for: delay) }
    var response = WireStatusResponse()
    response.height = 12
    return response
  }

  /// The end of the log cannot be read: the stream must say so and end.
  func feed(
    from position: UInt64, limit: Int, waitMs: Int
  ) async throws(Problem) -> [WireFeedItem] {
    guard position < logSize else {
      if position > logSize {
        throw Problem(
          "log.no_such_position", status: 404, field: "position", value: "\(position)",
          remedy: "start below")
      }
      throw Problem(
        "log.unreadable", status: 503, field: "position", value: "\(position)", remedy: "wait")
    }
    return (position..<min(logSize, position + UInt64(min(limit, 2)))).map { position in
      var item = WireFeedItem()
      item.position = position
      item.kind = .event
      item.record = [UInt8](repeating: 1, count: 1_000).data
      return item
    }
  }

  func metrics() async -> String { "up 1\n" }

  private func bundle(_ format: UInt64, _ fill: (inout WireProofItem) -> Void) -> WireProofBundle {
    var item = WireProofItem()
    fill(&item)
    var bundle = WireProofBundle()
    bundle.format = UInt32(format)
    bundle.items = [item]
    return bundle
  }
}
