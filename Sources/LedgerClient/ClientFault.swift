/// Why a node did not answer as asked.
public enum ClientFault: Error, Hashable, Sendable {
  /// No connection, or it broke before the answer was complete; the request may have had effect.
  case unreachable(url: String, reason: String)
  /// The node refused, and says why and what to do.
  case refused(ProblemReport)
  /// What answered is not a node of this protocol.
  case protocolViolation(reason: String)
  /// The answer did not come in time; the request may have had effect.
  case timedOut(url: String)
}
