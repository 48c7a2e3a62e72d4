internal import Cryptography
public import GatewayKit
internal import LedgerModel
internal import SwiftProtobuf
internal import Wire

/// Attaches a system without a chain that answers over HTTP as docs/gateway-openapi.yaml says.
///
/// Nothing is tried twice here: whoever carries documents does that, and honours `busy`. Only what
/// the system signed is believed; any other answer is a fault, whatever it says.
/// Call `close()` at the end.
public struct RESTGateway: Gateway {
  private let connection: SystemConnection
  private let keys: EnvelopeKeys

  /// The system's name.
  public var name: String { keys.peer.name }
  /// Where it is asked.
  public var url: String { connection.url }

  /// Prepares a gateway; nothing is sent before the first call.
  /// - Parameters:
  ///   - url: `http://` or `https://`, a host and a port, and nothing else.
  ///   - trustRoots: A PEM file of the authorities to trust instead of the system's.
  ///   - timeout: Bounds each call from its start to the last byte of its answer.
  /// - Throws: `AddressFault` if the address or the file cannot be used.
  public init(
    url: String, keys: EnvelopeKeys, trustRoots: String? = nil, timeout: Duration = .seconds(30)
  ) throws(AddressFault) {
    connection = try SystemConnection(url: url, trustRoots: trustRoots, timeout: timeout)
    self.keys = keys
  }

  /// Ends all connections; calls in progress fail.
  public func close() async {
    await connection.close()
  }

  public func deliver(
    _ document: GatewayDocument
  ) async throws(GatewayFault) -> GatewayOutcome {
    let answer = try await ask(.deliver(WireGatewayDocument(document)))
    guard case .outcome(let message) = answer, let outcome = try outcome(message) else {
      throw .violation(reason: "no outcome of \(document.id)")
    }
    return outcome
  }

  public func outcome(of id: DocumentID) async throws(GatewayFault) -> GatewayOutcome? {
    guard case .outcome(let message) = try await ask(.outcome(WireGatewayDocumentId(id))) else {
      throw .violation(reason: "no outcome of \(id)")
    }
    return try outcome(message)
  }

  public func documents(
    after cursor: GatewayCursor?, limit: Int
  ) async throws(GatewayFault) -> GatewayPage {
    var query = WireGatewayPageQuery()
    query.cursor = (cursor?.bytes ?? []).data
    query.limit = UInt32(clamping: min(max(limit, 1), GatewayLimits.pageDocuments))
    guard case .page(let page) = try await ask(.documents(query)) else {
      throw .violation(reason: "no page of documents")
    }
    guard page.documents.count <= query.limit else {
      throw .violation(
        reason: "\(page.documents.count) documents where \(query.limit) were asked for")
    }
    guard !page.documents.isEmpty else { return GatewayPage(documents: [], cursor: cursor) }
    guard let next = GatewayCursor(page.cursor.octets), next != cursor else {
      throw .violation(reason: "documents without a new cursor")
    }
    do {
      return GatewayPage(
        documents: try page.documents.map { try GatewayDocument($0) }, cursor: next)
    } catch {
      throw .violation(reason: "a document that is none: \(error)")
    }
  }

  public func settle(
    _ id: DocumentID, as outcome: GatewayOutcome
  ) async throws(GatewayFault) {
    var settlement = WireGatewaySettlement()
    settlement.id = WireGatewayDocumentId(id)
    settlement.outcome = WireGatewayOutcome(outcome)
    guard case .settled(settlement) = try await ask(.settle(settlement)) else {
      throw .violation(reason: "\(id) was not settled as told")
    }
  }

  private func outcome(
    _ message: WireGatewayOutcome
  ) throws(GatewayFault) -> GatewayOutcome? {
    do { return try message.checked() } catch { throw .violation(reason: "\(error)") }
  }

  /// Asks one question and reads the answer that the system signed for it.
  private func ask(
    _ question: WireGatewayRequest.OneOf_Question
  ) async throws(GatewayFault) -> WireGatewayAnswer.OneOf_Answer {
    var request = WireGatewayRequest()
    request.question = question
    let sent = try believing { () throws(EnvelopeFault) in
      try SealedEnvelope(sealing: JSONForm.encode(request), with: keys)
    }
    let received = try await connection.post(
      sent.bytes, to: question.operation.path, idempotencyKey: question.idempotencyKey,
      limit: SealedEnvelope.bytesMax)
    let answer = try believing { () throws(EnvelopeFault) in
      let opened = try SealedEnvelope(opening: received, answering: sent.digest, with: keys)
      return try JSONForm.decode(
        WireGatewayAnswer.self, opened.payload, limit: SealedEnvelope.bytesMax)
    }
    switch answer.answer {
    case .refusal(let text):
      guard let code = GatewayCode(text) else {
        throw .violation(reason: "a refusal without a code")
      }
      throw .refused(code)
    case let answer?: return answer
    case nil: throw .violation(reason: "an empty answer")
    }
  }
  private func believing<Value>(
    _ body: () throws(EnvelopeFault) -> Value
  ) throws(GatewayFault) -> Value {
    do { return try body() } catch { throw .violation(reason: "\(error)") }
  }
}
