internal import Cryptography
package import GatewayConformance
internal import GatewayKit
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore
package import RESTGateway
internal import Synchronization
internal import Wire

/// A system without a chain, on a real HTTP server on loopback: docs/gateway-openapi.yaml from the
/// other side, before a place in memory. It can be told to misbehave.
package final class BureauServer: Sendable {
  package let place: MemoryGateway
  private let responder: BureauResponder
  private let running = Mutex<Task<Void, any Error>?>(nil)
  private let bound: Mutex<Int>

  package var port: Int { bound.withLock { $0 } }

  /// - Parameter port: To listen on; any without this.
  package init(
    _ place: MemoryGateway, keys: EnvelopeKeys, stranger: EnvelopeKeys, port: Int = 0
  ) {
    self.place = place
    bound = Mutex(port)
    responder = BureauResponder(place: place, keys: keys, stranger: stranger)
  }

  package func misbehave(_ trick: Trick?) {
    responder.trick.withLock { $0 = trick }
  }

  /// The `Idempotency-Key` headers that came, with the paths.
  package var keysSeen: [String] { responder.keysSeen.withLock { $0 } }

  /// Listens, on the port of before if there was one.
  package func start() async throws {
    let (ports, port) = AsyncStream<Int>.makeStream()
    let application = Application(
      responder: responder,
      configuration: ApplicationConfiguration(
        address: .hostname("127.0.0.1", port: self.port)),
      onServerRunning: { channel in
        port.yield(channel.localAddress?.port ?? 0)
        port.finish()
      },
      logger: Logger(label: "bureau") { _ in SwiftLogNoOpLogHandler() })
    let task = Task {
      defer { port.finish() }
      try await application.run()
    }
    running.withLock { $0 = task }
    for await number in ports {
      bound.withLock { $0 = number }
      return
    }
    try await task.value
  }

  package func stop() async {
    let task = running.withLock { running in
      defer { running = nil }
      return running
    }
    task?.cancel()
    _ = await task?.result
  }
}

/// What the server does instead of answering as it should.
package enum Trick: CaseIterable, Hashable, Sendable {
  // Without effect.
  case stall, cut, fails, asksForPatience, asksForPatienceUntilDate, limits, unknownPath, redirects
  // With effect, and an answer that is late or no answer.
  case cutsAfterwards, answersTooLate, trickles, page, huge, empty
  // With effect, and a lie.
  case strangersSignature, olderAnswer, otherKind, refusalWithoutCode
}

struct BureauResponder: HTTPResponder {
  let place: MemoryGateway
  let keys: EnvelopeKeys
  let stranger: EnvelopeKeys
  let trick = Shared<Trick?>(nil)
  let keysSeen = Shared<[String]>([])
  private let older = Shared<[UInt8]>([])

  init(place: MemoryGateway, keys: EnvelopeKeys, stranger: EnvelopeKeys) {
    self.place = place
    self.keys = keys
    self.stranger = stranger
  }

  func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
    let trick = trick.withLock { $0 }
    switch trick {
    case .stall: try await Task.sleep(for: .seconds(60))
    case .cut: return cut
    case .fails: return Response(status: .internalServerError)
    case .asksForPatience:
      return Response(status: .serviceUnavailable, headers: [.retryAfter: "7"])
    case .asksForPatienceUntilDate:
      let date = "Wed, 21 Oct 2026 07:28:00 GMT"
      return Response(status: .serviceUnavailable, headers: [.retryAfter: date])
    case .limits: return Response(status: .tooManyRequests, headers: [.retryAfter: "1"])
    case .unknownPath: return Response(status: .notFound)
    case .redirects:
      return Response(status: .temporaryRedirect, headers: [.location: "http://127.0.0.1:1/"])
    default: break
    }
    guard request.method == .post, request.headers[.contentType] == "application/json",
      let operation = Operation(rawValue: request.uri.path)
    else { return Response(status: .notFound) }
    let body = [UInt8](
      buffer: try await request.body.collect(upTo: SealedEnvelope.bytesMax))
    guard let opened = try? SealedEnvelope(opening: body, with: keys),
      let asked = try? JSONForm.decode(
        WireGatewayRequest.self, opened.payload, limit: SealedEnvelope.bytesMax),
      let question = asked.question, question.operation == operation
    else { return Response(status: .badRequest) }
    let key = HTTPField.Name("idempotency-key").flatMap { request.headers[$0] }
    keysSeen.withLock { $0.append("\(operation.path) \(key ?? "-")") }
    var answer = WireGatewayAnswer()
    answer.answer = await reply(to: question)
    switch trick {
    case .otherKind:
      answer.answer =
        if case .page = answer.answer { .outcome(WireGatewayOutcome(.done)) } else {
          .page(WireGatewayPage())
        }
    case .refusalWithoutCode: answer.refusal = "No. Sorry!"
    default: break
    }
    let signer = trick == .strangersSignature ? stranger : keys
    let sealed = try SealedEnvelope(
      sealing: JSONForm.encode(answer), answering: opened.digest, with: signer)
    let before = older.withLock { older in
      defer { if trick == nil { older = sealed.bytes } }
      return older
    }
    switch trick {
    case .cutsAfterwards: return cut
    case .answersTooLate: try await Task.sleep(for: .seconds(60))
    case .trickles:
      return Response(
        status: .ok,
        body: ResponseBody { writer in
          for byte in sealed.bytes {
            try await writer.write(ByteBuffer(bytes: [byte]))
            try await Task.sleep(for: .milliseconds(20))
          }
          try await writer.finish(nil)
        })
    case .page: return Response(status: .ok, body: .init(byteBuffer: ByteBuffer(string: "<html>")))
    case .huge:
      return Response(
        status: .ok,
        body: ResponseBody { writer in
          let mebibyte = ByteBuffer(repeating: 0x20, count: 1_024 * 1_024)
          for _ in 0..<30 { try await writer.write(mebibyte) }
          try await writer.finish(nil)
        })
    case .empty: return Response(status: .ok)
    case .olderAnswer: return json(before)
    default: return json(sealed.bytes)
    }
    return json(sealed.bytes)
  }

  /// Ends the connection amid the answer.
  private var cut: Response {
    Response(status: .ok, body: ResponseBody(contentLength: 1_000) { _ in throw Cut() })
  }

  private func json(_ bytes: [UInt8]) -> Response {
    Response(
      status: .ok, headers: [.contentType: "application/json"],
      body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
  }

  private func reply(
    to question: WireGatewayRequest.OneOf_Question
  ) async -> WireGatewayAnswer.OneOf_Answer {
    do {
      switch question {
      case .deliver(let document):
        return .outcome(WireGatewayOutcome(try await place.deliver(GatewayDocument(document))))
      case .outcome(let id):
        return .outcome(WireGatewayOutcome(try await place.outcome(of: DocumentID(id))))
      case .documents(let query):
        let page = try await place.documents(
          after: GatewayCursor(query.cursor.octets), limit: Int(query.limit))
        var answer = WireGatewayPage()
        answer.documents = page.documents.map { WireGatewayDocument($0) }
        answer.cursor = (page.cursor?.bytes ?? []).data
        return .page(answer)
      case .settle(let settlement):
        let outcome = try settlement.outcome.checked()
        try await place.settle(DocumentID(settlement.id), as: outcome ?? .pending)
        return .settled(settlement)
      }
    } catch GatewayFault.refused(let code) {
      return .refusal(code.description)
    } catch {
      return .refusal("bureau.malformed")
    }
  }

  private struct Cut: Error {}
}

/// Something that several hold.
final class Shared<Value: Sendable>: Sendable {
  private let value: Mutex<Value>

  init(_ value: Value) { self.value = Mutex(value) }

  func withLock<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
    value.withLock { body(&$0) }
  }
}
