import AsyncHTTPClient
import Foundation
import NIOCore
import NodeAPI
import SwiftProtobuf
import Testing
import Wire

@Suite("Bad requests")
struct BadRequestTests {
  @Test("Is refused with its status, code, field, value and remedy", arguments: BadRequest.all)
  func refused(_ bad: BadRequest) async throws {
    let node = StubNode()
    try await withServer(node) { port in
      var headers: [(String, String)] = bad.type.map { [("content-type", $0)] } ?? []
      let body = bad.body.map { HTTPClientRequest.Body.bytes(ByteBuffer(bytes: $0)) }
      let json = try await send(bad.method, bad.path, port: port, headers: headers, body: body)
      #expect(json.status == bad.status)
      #expect(json.contentType == "application/problem+json")
      let problem = try json.problem()
      #expect(problem["status"] == "\(bad.status)")
      #expect(problem["type"] == "about:blank")
      #expect(problem["title"]?.isEmpty == false)
      #expect(
        [problem["code"], problem["field"], problem["value"], problem["remedy"]]
          == [bad.code, bad.field, bad.value, bad.remedy])

      headers.append(("accept", "application/x-protobuf"))
      let binary = try await send(bad.method, bad.path, port: port, headers: headers, body: body)
      #expect(binary.status == bad.status)
      #expect(binary.contentType == "application/x-protobuf;message=Problem")
      let message = try WireProblem(serializedBytes: binary.body)
      #expect(
        [message.code, message.field, message.value, message.remedy]
          == [bad.code, bad.field, bad.value, bad.remedy])
      #expect(message.status == UInt32(bad.status))
    }
    #expect(node.submitted.isEmpty)
  }

  @Test("A wrong method is told the right ones, and HEAD has no body")
  func allowed() async throws {
    try await withServer(StubNode()) { port in
      let reply = try await send("PUT", "/v1/transactions", port: port)
      #expect(reply.headers["allow"] == "POST")
      // On one connection: a body after HEAD would be read as the next answer.
      let text = try await RawClient.connect(port: port) { client in
        try await client.write("HEAD /v1/status HTTP/1.1\r\nhost: x\r\n\r\n")
        try await client.write("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        return await client.read(until: "ok\n")
      }
      let parts = text.components(separatedBy: "\r\n\r\n")
      #expect(parts.count == 3)
      #expect(parts[1].hasPrefix("HTTP/1.1 200"))
    }
  }

  @Test(
    "A key with a broken percent escape is refused, and so is one that is not UTF-8",
    arguments: ["%ZZ", "a%", "%ff"])
  func brokenEscape(_ key: String) async throws {
    try await withServer(StubNode()) { port in
      let text = try await RawClient.connect(port: port) { client in
        try await client.write(
          "GET /v1/assets/invoices/\(key) HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        return await client.readToEnd().text
      }
      #expect(text.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
      #expect(text.contains(#""code":"request.invalid_parameter","field":"key""#))
      #expect(text.contains(#""value":"\#(key)""#))
      #expect(text.contains(#""remedy":"percent-encode it as UTF-8""#))
    }
  }

  @Test("A problem of the node keeps its status, and 429 says when to try again")
  func retryAfter() async throws {
    var transaction = WireSignedTransaction()
    transaction.signature = Array("busy".utf8).data
    let body = HTTPClientRequest.Body.bytes(ByteBuffer(bytes: transaction.encoded))
    let reply = try await withServer(StubNode()) { port in
      try await send(
        "POST", "/v1/transactions", port: port,
        headers: [("content-type", "application/x-protobuf")], body: body)
    }
    #expect(reply.status == 429)
    #expect(reply.headers["retry-after"] == "7")
    #expect(try reply.problem()["code"] == "pool.full")
  }

  @Test("A body announced as too large is refused before it is sent")
  func announcedTooLarge() async throws {
    try await withServer(StubNode()) { port in
      let (text, time) = try await RawClient.connect(port: port) { client in
        try await client.write(
          """
          POST /v1/transactions HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r
          content-length: 67108865\r\n\r\n
          """)
        return await client.readToEnd()
      }
      #expect(text.hasPrefix("HTTP/1.1 413"))
      #expect(text.contains("request.too_large"))
      #expect(text.contains("67108865 bytes"))
      #expect(text.contains("send at most 67108864 bytes"))
      #expect(text.lowercased().contains("connection: close"))
      #expect(time < .seconds(5))
    }
  }

  @Test("A body that grows too large is refused while it is sent, and is not read to its end")
  func streamedTooLarge() async throws {
    var limits = APILimits()
    limits.linger = .milliseconds(200)
    try await withServer(StubNode(), limits: limits) { port in
      let (text, sent) = try await RawClient.connect(port: port) { client in
        try await client.write(
          """
          POST /v1/sealed HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r
          transfer-encoding: chunked\r\n\r\n
          """)
        let chunk = "4000\r\n" + String(repeating: "x", count: 0x4000) + "\r\n"
        var sent = 0
        // 16 MiB, of which 64 KiB are allowed: the server must stop reading long before.
        while sent < 1_024, (try? await client.write(chunk)) != nil { sent += 1 }
        return (await client.readToEnd().text, sent)
      }
      #expect(sent < 1_024 || text.hasPrefix("HTTP/1.1 413"))
      // The server lives on.
      #expect(try await send("GET", "/healthz", port: port).status == 200)
    }
  }

  @Test("The largest body allowed arrives whole, one byte more does not")
  func exactLimit() async throws {
    var limits = APILimits()
    limits.questionBytes = 100_000
    try await withServer(StubNode(), limits: limits) { port in
      for chunked in [false, true] {
        for (count, status) in [(100_000, 200), (100_001, 413)] {
          let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
          let reply = try await send(
            "POST", "/v1/sealed", port: port,
            headers: [
              ("content-type", "application/x-protobuf"), ("accept", "application/x-protobuf"),
            ], body: chunked ? .stream(bytes.async, length: .unknown) : .bytes(bytes))
          #expect(reply.status == status)
          guard status == 200 else { continue }
          #expect(try WireSealedResponse(serializedBytes: reply.body).ciphertext.octets == bytes)
        }
      }
    }
  }

  @Test("Bodies beyond the node's memory for them are refused with 503 and Retry-After")
  func memory() async throws {
    var limits = APILimits()
    limits.bodyBytesInFlight = 10
    try await withServer(StubNode(), limits: limits) { port in
      for _ in 0..<3 {
        let small = try await send(
          "POST", "/v1/sealed", port: port, headers: [("content-type", "application/x-protobuf")],
          body: .bytes(ByteBuffer(string: "0123456789")))
        #expect(small.status == 200)
        let large = try await send(
          "POST", "/v1/sealed", port: port, headers: [("content-type", "application/x-protobuf")],
          body: .bytes(ByteBuffer(string: "0123456789a")))
        #expect(large.status == 503)
        #expect(large.headers["retry-after"] == "1")
        #expect(try large.problem()["code"] == "node.overloaded")
      }
    }
  }

  @Test("What is not HTTP, and heads that are too large, are answered with a problem and closed")
  func notHTTP() async throws {
    try await withServer(StubNode()) { port in
      let noise = try await RawClient.connect(port: port) { client in
        try await client.write("\u{16}\u{03}\u{01}nonsense\r\n\r\n")
        return await client.readToEnd().text
      }
      #expect(noise.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
      #expect(noise.contains("request.malformed_http"))
      let brewed = try await send("BREW", "/v1/status", port: port)
      #expect(brewed.status == 400)
      #expect(try brewed.problem()["code"] == "request.malformed_http")
      let header = "x-filler: \(String(repeating: "y", count: 20_000))\r\n"
      let large = try await RawClient.connect(port: port) { client in
        try await client.write("GET /healthz HTTP/1.1\r\nhost: x\r\n\(header)\r\n")
        return await client.readToEnd().text
      }
      #expect(large.hasPrefix("HTTP/1.1 431"))
      #expect(large.contains("request.head_too_large"))
    }
  }
}

extension Array where Element == UInt8 {
  /// The bytes in pieces of a kilobyte.
  fileprivate var async: AsyncStream<ByteBuffer> {
    AsyncStream { continuation in
      for start in stride(from: 0, to: count, by: 1_024) {
        continuation.yield(ByteBuffer(bytes: self[start..<Swift.min(start + 1_024, count)]))
      }
      continuation.finish()
    }
  }
}
