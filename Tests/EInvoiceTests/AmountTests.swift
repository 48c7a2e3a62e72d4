import EInvoice
import Testing

@Suite("Amounts and dates")
struct AmountTests {
  @Test("An amount that is written and read again is itself, as a naive decimal writes it")
  func roundTrip() {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<5_000 {
      let shift = Int.random(in: 14...63, using: &generator)
      let fen = Int64.random(in: Int64.min...Int64.max, using: &generator) >> Int64(shift)
      let written = Fen(rawValue: fen).description
      #expect(written == naive(fen))
      #expect(Fen(yuan: written) == Fen(rawValue: fen))
    }
  }

  /// Digits one by one, with a point before the last two.
  private func naive(_ fen: Int64) -> String {
    var digits = String(fen.magnitude).map { $0 }
    while digits.count < 3 { digits.insert("0", at: 0) }
    digits.insert(".", at: digits.count - 2)
    return (fen < 0 ? "-" : "") + String(digits)
  }

  @Test("One, two or no decimals mean the same money")
  func decimals() {
    #expect(Fen(yuan: "12") == Fen(rawValue: 1200))
    #expect(Fen(yuan: "12.5") == Fen(rawValue: 1250))
    #expect(Fen(yuan: "-12.05") == Fen(rawValue: -1205))
    #expect(Fen(yuan: "-0.00") == .zero)
    #expect(Fen(yuan: "999999999999999") == Fen(rawValue: 99_999_999_999_999_900))
    #expect(Fen(yuan: "1000000000000000") == nil)
    #expect(Fen(rawValue: .min).description == "-92233720368547758.08")
    #expect(Fen(rawValue: .max).adding(Fen(rawValue: 1)) == nil)
  }

  @Test("A date exists exactly where the calendar of a naive count has it")
  func calendar() {
    for year in [1900, 1996, 2000, 2023, 2024, 2100] {
      var days = 0
      for month in 0...13 {
        for day in 0...32 where IssueDate(year: year, month: month, day: day) != nil { days += 1 }
      }
      #expect(days == ([1996, 2000, 2024].contains(year) ? 366 : 365))
    }
    #expect(IssueDate(year: 2023, month: 2, day: 29) == nil)
    #expect(IssueDate(year: 2024, month: 2, day: 29)?.description == "2024-02-29")
    #expect(IssueDate(year: 987, month: 1, day: 2)?.description == "0987-01-02")
    #expect(IssueDate(year: 0, month: 1, day: 1) == nil)
  }
}
