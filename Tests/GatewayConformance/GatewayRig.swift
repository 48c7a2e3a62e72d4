package import GatewayKit

/// A gateway that is being checked, with what moves the place behind it from the other side.
package protocol GatewayRig: Sendable {
  /// The adapter under test.
  var gateway: any Gateway { get }
  /// Most bytes of a content that the place takes.
  var contentBytesMax: Int { get }

  /// The time at the place, in milliseconds since 1970.
  func nowMs() async throws -> UInt64
  /// Lets the place's time pass.
  func pass(_ time: Duration) async throws
  /// Puts documents where the gateway gives them from, after those already there.
  func offer(_ documents: [GatewayDocument]) async throws
  /// What the place has taken, in its order; once for each time that it had effect.
  func taken() async throws -> [GatewayDocument]
  /// What the place was told, in its order; once for each time that it had effect.
  func settled() async throws -> [Told]
  /// What the place says of documents with that business key, whether taken or to come. Without
  /// this it says `done`.
  func decide(_ businessKey: String, _ outcome: GatewayOutcome) async throws
  /// What happens to calls from now on; `nil`: nothing.
  func disturb(_ disturbance: Disturbance?) async throws
  /// Stops the place and starts it again.
  func restart() async throws
}

/// What the place was told of a document that came from it.
package struct Told: Hashable, Sendable {
  package let id: DocumentID
  package let outcome: GatewayOutcome

  package init(_ id: DocumentID, _ outcome: GatewayOutcome) {
    self.id = id
    self.outcome = outcome
  }
}

/// What can happen to a call on its way.
package enum Disturbance: CaseIterable, Hashable, Sendable {
  /// It does not arrive.
  case unreachable
  /// It has effect, and its answer is lost.
  case answerLost
  /// The place asks for patience.
  case busy
}
