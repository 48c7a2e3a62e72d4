/// A day of the calendar, as an invoice writes it; without time zone.
public struct IssueDate: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// 1 to 9999.
  public let year: Int
  /// 1 to 12.
  public let month: Int
  /// 1 to the last day of the month.
  public let day: Int

  /// Takes a day of the Gregorian calendar.
  /// - Returns: `nil` for a day that does not exist, such as the 30th of February.
  public init?(year: Int, month: Int, day: Int) {
    guard 1...9999 ~= year, 1...12 ~= month, day >= 1 else { return nil }
    guard day <= Self.days(of: month, in: year) else { return nil }
    self.year = year
    self.month = month
    self.day = day
  }

  /// The day as `yyyy-MM-dd`.
  public var description: String {
    "\(Self.padded(year, to: 4))-\(Self.padded(month, to: 2))-\(Self.padded(day, to: 2))"
  }

  /// The earlier day is less.
  public static func < (left: IssueDate, right: IssueDate) -> Bool {
    (left.year, left.month, left.day) < (right.year, right.month, right.day)
  }

  private static func days(of month: Int, in year: Int) -> Int {
    switch month {
    case 2 where year.isMultiple(of: 400): 29
    case 2: year.isMultiple(of: 4) && !year.isMultiple(of: 100) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static func padded(_ number: Int, to width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
