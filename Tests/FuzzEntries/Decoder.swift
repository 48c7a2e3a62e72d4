/// What reads bytes from outside, each with one function that the fuzzer and the tests call.
///
/// The raw value names the folder of kept inputs: `Tests/Fixtures/fuzz/<name>`.
public enum Decoder: String, CaseIterable, Sendable {
  /// Kind of the message 1 ‖ payload.
  case peerMessage = "peer-message"
  case batch
  /// Judged as the first answer to a node that holds nothing.
  case catchUp = "catch-up"
  case journalRecord = "journal-record"
  case transaction
  case blockHeader = "block-header"
  case genesis
  case bundle
  /// Number of the method 1 ‖ its arguments; those that can be read are executed.
  case arguments
  /// The part of a key file that needs no passphrase.
  case keyFile = "key-file"
  case invoice
  /// Suite and number of the message 1 ‖ the message.
  case handshake

  /// What a decoder made of an input. A trap is what the fuzzer looks for.
  public enum Outcome: Hashable, Sendable {
    /// By a typed fault.
    case refused
    /// If its format has one encoding of each value, the input is that encoding.
    case accepted
    /// It was read as a value that has this other encoding.
    case ambiguous([UInt8])

    init(_ input: [UInt8], encodedAgain: [UInt8]) {
      self = input == encodedAgain ? .accepted : .ambiguous(encodedAgain)
    }
  }
}
