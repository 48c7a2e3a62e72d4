import AsyncHTTPClient
import Cryptography
import NIOCore
import NodeAPI
import SwiftProtobuf
import Testing
import Wire

@Suite("Routes")
struct RouteTests {
  private static let id = String(repeating: "ab", count: 32)

  /// Asks in both forms and compares both answers with what the node said.
  private func expect<M: Message & Equatable & Sendable>(
    _ wanted: M, _ method: String, _ path: String,
    post message: (any Message & Sendable)? = nil, status: Int = 200,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let node = StubNode()
    try await withServer(node) { port in
      for sent in ["application/json", "application/x-protobuf"] {
        for accepted in ["application/json", "application/x-protobuf"] {
          var headers = [("accept", accepted)]
          var body: HTTPClientRequest.Body?
          if let message {
            headers.append(("content-type", sent))
            let json: [UInt8] = try message.jsonUTF8Bytes()
            let binary: [UInt8] = try message.serializedBytes()
            body = .bytes(ByteBuffer(bytes: sent.hasSuffix("json") ? json : binary))
          }
          let reply = try await send(method, path, port: port, headers: headers, body: body)
          #expect(reply.status == status, sourceLocation: sourceLocation)
          #expect(reply.contentType == accepted, sourceLocation: sourceLocation)
          let answer =
            accepted.hasSuffix("json")
            ? try M(jsonUTF8Bytes: reply.body) : try M(serializedBytes: reply.body)
          #expect(answer == wanted, sourceLocation: sourceLocation)
        }
      }
    }
  }

  private func transaction(signature: String) -> WireSignedTransaction {
    var transaction = WireSignedTransaction()
    transaction.body = Array("body".utf8).data
    transaction.signature = Array(signature.utf8).data
    return transaction
  }

  @Test("A submitted transaction is answered 200 if a call succeeded")
  func submitted() async throws {
    try await expect(
      StubNode().outcome(refused: false), "POST", "/v1/transactions",
      post: transaction(signature: "good"))
  }

  @Test("A submitted transaction is answered 409 with its receipts if every call was refused")
  func refused() async throws {
    try await expect(
      StubNode().outcome(refused: true), "POST", "/v1/transactions",
      post: transaction(signature: "refused"), status: 409)
  }

  @Test("Binary bytes reach the node as sent, and JSON reaches it as the same bytes")
  func sameBytes() async throws {
    let node = StubNode()
    let message = transaction(signature: "good")
    try await withServer(node) { port in
      _ = try await send(
        "POST", "/v1/transactions", port: port,
        headers: [("content-type", "application/x-protobuf")],
        body: .bytes(ByteBuffer(bytes: message.encoded)))
      let json = #"{"signature":"Z29vZA==", "body":"Ym9keQ=="}"#
      _ = try await send(
        "POST", "/v1/transactions", port: port,
        headers: [("content-type", "Application/JSON; charset=utf-8")],
        body: .bytes(ByteBuffer(string: json)))
    }
    #expect(node.submitted == [message.encoded, message.encoded])
  }

  @Test("Receipts are found by the transaction's id")
  func receipts() async throws {
    let id = try #require(Digest(hex: Self.id))
    try await expect(await StubNode().receipts(of: id), "GET", "/v1/transactions/\(Self.id)")
  }

  @Test("An asset's namespace and key are percent-decoded, and its height is passed on")
  func asset() async throws {
    try await expect(
      await StubNode().asset(namespace: "invoices", key: "发票/1", atLeast: 5),
      "GET", "/v1/assets/invoices/%E5%8F%91%E7%A5%A8%2F1?at_least=5")
  }

  @Test("A trail is another route than its asset")
  func trail() async throws {
    try await expect(
      await StubNode().trail(namespace: "invoices", key: "trail", atLeast: 0),
      "GET", "/v1/assets/invoices/trail/trail")
  }

  @Test("A log record is found by its position")
  func logRecord() async throws {
    try await expect(await StubNode().logRecord(at: 17), "GET", "/v1/log/17")
  }

  @Test("Consistency is proven from the height asked for")
  func consistency() async throws {
    try await expect(await StubNode().consistency(from: 3), "GET", "/v1/consistency?from=3")
  }

  @Test("Headers come from the height and in the number asked for")
  func headers() async throws {
    try await expect(
      await StubNode().headers(from: 3, limit: 2), "GET", "/v1/headers?limit=2&from=3")
    try await expect(await StubNode().headers(from: 1, limit: 100), "GET", "/v1/headers")
  }

  @Test("The latest header is that of the node's height")
  func latestHeader() async throws {
    try await expect(
      await StubNode().headers(from: 42, limit: 1), "GET", "/v1/headers/latest")
  }

  @Test("Links between epochs come from the epoch asked for, the first if none is")
  func epochs() async throws {
    try await expect(
      await StubNode().epochs(from: 3, limit: 1_000), "GET", "/v1/epochs?from=3")
    try await expect(await StubNode().epochs(from: 0, limit: 1_000), "GET", "/v1/epochs")
  }

  @Test("Sealed content is asked for with a signed query")
  func sealed() async throws {
    var query = WireSignedQuery()
    query.body = Array("query".utf8).data
    try await expect(
      await StubNode().sealed(query.encoded), "POST", "/v1/sealed", post: query)
  }

  @Test("Contents of packets are asked for with a signed query")
  func packets() async throws {
    var query = WireSignedQuery()
    query.body = Array("query".utf8).data
    try await expect(
      await StubNode().packets(query.encoded), "POST", "/v1/packets", post: query)
  }

  @Test("Assets to be proven together are named in the body")
  func assets() async throws {
    var name = WireAssetName()
    name.namespace = "invoice"
    name.key = "a:1"
    var request = WireAssetsRequest()
    request.assets = [name, name]
    request.atLeast = 3
    try await expect(
      await StubNode().assets(request.encoded), "POST", "/v1/assets", post: request)
  }

  @Test("Status is JSON with the schema's field names unless protobuf is asked for")
  func status() async throws {
    try await expect(await StubNode().status(), "GET", "/v1/status")
    let reply = try await withServer(StubNode()) { try await send("GET", "/v1/status", port: $0) }
    #expect(reply.contentType == "application/json")
    #expect(reply.text == #"{"node":"node-1","height":"42"}"#)
  }

  @Test("The genesis document is served byte for byte, also when it is large")
  func genesis() async throws {
    let genesis = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let reply = try await withServer(StubNode(genesis: genesis)) {
      try await send("GET", "/v1/genesis", port: $0)
    }
    #expect(reply.body == genesis)
    #expect(reply.contentType == "application/octet-stream")
  }

  @Test("Metrics and health are plain text")
  func plain() async throws {
    try await withServer(StubNode()) { port in
      let metrics = try await send("GET", "/metrics", port: port)
      #expect(metrics.text == "yilian_height 42\n")
      #expect(metrics.contentType.hasPrefix("text/plain; version=0.0.4"))
      let health = try await send("GET", "/healthz", port: port)
      #expect(health.text == "ok\n")
    }
  }
}
