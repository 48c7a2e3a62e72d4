/// A way to write a date: `y M d H m s` stand for one digit each, anything else for itself.
struct DateFormat: Hashable, Sendable {
  let pattern: String

  /// - Returns: `nil` unless the pattern has `yyyy`, `MM` and `dd` and, if any, two digits of each
  ///   part of the time.
  init?(_ pattern: String) {
    func count(_ letter: Character) -> Int { pattern.count { $0 == letter } }
    guard count("y") == 4, count("M") == 2, count("d") == 2 else { return nil }
    let time = [count("H"), count("m"), count("s")]
    guard time == [0, 0, 0] || time == [2, 2, 0] || time == [2, 2, 2] else { return nil }
    self.pattern = pattern
  }

  /// Reads a text written exactly so.
  /// - Returns: The day, and the time as `HH:mm:ss` where the pattern has one; `nil` for a text of
  ///   another form, or a day or time that does not exist.
  func read(_ text: String) -> (date: IssueDate, time: String?)? {
    guard text.utf8.count == pattern.utf8.count else { return nil }
    var (year, month, day, hour, minute, second) = (0, 0, 0, 0, 0, 0)
    for (letter, byte) in zip(pattern.utf8, text.utf8) {
      guard "yMdHms".utf8.contains(letter) else {
        guard letter == byte else { return nil }
        continue
      }
      guard case UInt8(ascii: "0")...UInt8(ascii: "9") = byte else { return nil }
      let digit = Int(byte - UInt8(ascii: "0"))
      switch letter {
      case UInt8(ascii: "y"): year = year * 10 + digit
      case UInt8(ascii: "M"): month = month * 10 + digit
      case UInt8(ascii: "d"): day = day * 10 + digit
      case UInt8(ascii: "H"): hour = hour * 10 + digit
      case UInt8(ascii: "m"): minute = minute * 10 + digit
      default: second = second * 10 + digit
      }
    }
    guard hour < 24, minute < 60, second < 60,
      let date = IssueDate(year: year, month: month, day: day)
    else { return nil }
    guard pattern.utf8.contains(UInt8(ascii: "H")) else { return (date, nil) }
    let parts = [hour, minute, second].map { $0 < 10 ? "0\($0)" : "\($0)" }
    return (date, parts.joined(separator: ":"))
  }
}
