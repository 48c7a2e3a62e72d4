internal import AsyncHTTPClient
internal import Foundation
internal import LedgerModel
internal import NIOCore
internal import SwiftProtobuf
public import Wire

/// Records of the operation log as the node executes them, in order of position.
///
/// Pulls from the network only what is asked for. Iterate it once.
public struct EventFeed: AsyncSequence, Sendable {
  public typealias Element = WireFeedItem
  public typealias Failure = ClientFault

  let body: HTTPClientResponse.Body
  let connection: NodeConnection

  public func makeAsyncIterator() -> Iterator {
    Iterator(chunks: body.makeAsyncIterator(), connection: connection)
  }

  /// Reads the feed item by item.
  public struct Iterator: AsyncIteratorProtocol {
    private var chunks: HTTPClientResponse.Body.AsyncIterator
    private let connection: NodeConnection
    private var parser = ServerSentEvents(bytesMax: 2 * Limits.valueBytes)
    private var pending: ArraySlice<ServerSentEvents.Event> = []

    init(chunks: HTTPClientResponse.Body.AsyncIterator, connection: NodeConnection) {
      self.chunks = chunks
      self.connection = connection
    }

    /// The next record, or `nil` when the node ends the feed.
    public mutating func next() async throws(ClientFault) -> WireFeedItem? {
      while true {
        if let event = pending.popFirst() { return try item(of: event) }
        let chunk: ByteBuffer?
        do {
          chunk = try await chunks.next()
        } catch {
          throw connection.fault(error)
        }
        guard let chunk else { return nil }
        pending = try parser.read(chunk.readableBytesView)[...]
      }
    }

    private func item(of event: ServerSentEvents.Event) throws(ClientFault) -> WireFeedItem {
      do {
        guard event.name == "problem" else { return try WireFeedItem(jsonUTF8Bytes: event.data) }
        let report = try JSONDecoder().decode(Report.self, from: Data(event.data))
        throw ClientFault.refused(report.report)
      } catch let fault as ClientFault {
        throw fault
      } catch {
        throw .protocolViolation(reason: "an event is not a feed item")
      }
    }
  }

  /// A problem document.
  private struct Report: Decodable {
    let code: String
    let status: Int
    let field: String
    let value: String
    let remedy: String

    var report: ProblemReport {
      ProblemReport(
        code: code, status: status, field: field, value: value, remedy: remedy, retryAfter: nil)
    }
  }
}
