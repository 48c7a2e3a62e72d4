import EInvoice
import Testing

@Suite("Faults")
struct FaultTests {
  @Test("An edit of a good invoice is refused by name", arguments: BadInput.all)
  func badInput(_ input: BadInput) throws {
    let text = try Fixtures.text(Fixtures.settled)
    #expect(text.contains(input.find))
    let fault = InvoiceParser().fault(
      of: text.replacing(input.find, with: input.replace, maxReplacements: 1))
    #expect(fault == input.fault)
    expectSpecific(try #require(fault))
  }

  @Test(
    "A text that is no plain amount is refused with the text",
    arguments: [
      "1e3", "NaN", "inf", "+1.00", "1,000.00", ".5", "5.", "1.234", "--1", "-", "1.2.3", "１",
      "0x10", "1 0", "1234567890123456", "99999999999999.999", "153.60元",
    ])
  func malformedAmount(_ value: String) throws {
    let text = try Fixtures.text(Fixtures.settled).replacing(">153.60<", with: ">\(value)<")
    let fault = try #require(InvoiceParser().fault(of: text))
    #expect(fault == .malformedAmount(field: "totalAmount", value: value))
    expectSpecific(fault)
  }

  @Test("A sum beyond 64 bits is refused and does not trap")
  func overflow() throws {
    let item = "<Item><ItemCode>1</ItemCode><ItemName>n</ItemName>"
      + "<ItemAmount>999999999999999</ItemAmount></Item>"
    let text = try Fixtures.text(Fixtures.settled)
      .replacing("<Details>", with: "<Details>" + String(repeating: item, count: 100))
    let fault = try #require(InvoiceParser().fault(of: text))
    #expect(fault == .sumOverflows(field: "items"))
    expectSpecific(fault)
  }

  @Test("A file of one byte more than the limit is refused before it is read")
  func tooLarge() throws {
    let limits = InvoiceParser.Limits.default
    let fault = try #require(
      InvoiceParser().fault(of: [UInt8](repeating: 0x20, count: limits.bytes + 1)))
    #expect(fault == .tooLarge(bytes: 1_048_577, limit: 1_048_576))
    expectSpecific(fault)
  }

  @Test("A billion laughs is refused before anything expands")
  func billionLaughs() throws {
    var bomb = "<?xml version=\"1.0\"?><!-- x --><!DOCTYPE l [<!ENTITY l0 \"lol\">"
    for level in 1...9 {
      let inside = String(repeating: "&l\(level - 1);", count: 10)
      bomb += "<!ENTITY l\(level) \"\(inside)\">"
    }
    bomb += "]><EInvoice>&l9;</EInvoice>"
    let fault = try #require(InvoiceParser().fault(of: bomb))
    #expect(fault == .doctypeRefused(offset: 31))
    expectSpecific(fault)
  }

  @Test("The five entities and character references of XML are text")
  func plainEntities() throws {
    let text = try Fixtures.text(Fixtures.settled)
      .replacing(">王刚<", with: "> &amp;&lt;&gt;&quot;&apos;&#x738B;<!-- x --><![CDATA[<刚>]]> <")
    #expect(try InvoiceParser().parse(text).payer.name == "&<>\"'王<刚>")
  }

  @Test("UTF-16 and UTF-32 are refused by name, with and without a mark")
  func wideEncodings() throws {
    let text = try Fixtures.text(Fixtures.settled)
    let wide = text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    let parser = InvoiceParser()
    #expect(parser.fault(of: [0xFF, 0xFE] + wide) == .unsupportedEncoding(name: "UTF-16"))
    #expect(parser.fault(of: wide) == .unsupportedEncoding(name: "UTF-16"))
    #expect(
      parser.fault(of: [0xFF, 0xFE, 0, 0, 0x3C, 0, 0, 0]) == .unsupportedEncoding(name: "UTF-32"))
    expectSpecific(try #require(parser.fault(of: wide)))
  }

  @Test("GBK that declares UTF-8 or nothing, and broken GBK, are refused with the offset")
  func wrongBytes() throws {
    let file = try Fixtures.bytes(Fixtures.gbk)
    let head = "<?xml version=\"1.0\" encoding=\"GBK\"?>"
    let body = file.dropFirst(head.utf8.count)
    let parser = InvoiceParser()
    let firstWide = try #require(body.firstIndex { $0 >= 0x80 })
    for start in ["", "<?xml version='1.0' encoding='utf-8'?>"] {
      guard case .wrongEncoding("UTF-8", let reason) = parser.fault(of: Array(start.utf8) + body)
      else {
        Issue.record("GBK was taken for UTF-8")
        continue
      }
      #expect(reason.hasPrefix("byte "))
    }
    var broken = file
    broken[firstWide] = 0xFF
    let fault = try #require(parser.fault(of: broken))
    #expect(fault == .wrongEncoding(declared: "GBK", reason: "byte \(firstWide) is not GBK"))
    expectSpecific(fault)
    #expect(
      parser.fault(of: [0xEF, 0xBB, 0xBF] + file)
        == .wrongEncoding(declared: "GBK", reason: "it begins with the mark of UTF-8"))
  }

  @Test("What is not XML is malformed, with the place")
  func notXML() throws {
    let parser = InvoiceParser()
    #expect(
      parser.fault(of: "{\"json\": 1}")
        == .malformed(line: 1, column: 1, reason: "it does not begin with <"))
    #expect(parser.fault(of: "") == .truncated(bytes: 0))
    let sample = try Fixtures.text(Fixtures.settled)
    for text in [
      sample.replacing("</Main>", with: "</main>"), sample + "<More/>", sample + "garbage",
      sample.replacing("<Remark>", with: "<Remark a=1>"),
      sample.replacing("<Remark>", with: "<Remark>\u{1}"),
      sample.replacing("<Remark>", with: "<x:Remark/><Remark>"),
    ] {
      let fault = try #require(parser.fault(of: text))
      guard case .malformed(let line, let column, let reason) = fault else {
        Issue.record("\(fault)")
        continue
      }
      #expect(line >= 1 && column >= 1 && reason.count > 5)
      expectSpecific(fault)
    }
  }

  @Test("An unknown shape is refused with the elements that were found")
  func unknownDialect() throws {
    let fault = try #require(
      InvoiceParser().fault(
        of: "<EInvoice><EInvoiceData><Body><Code>1</Code></Body></EInvoiceData></EInvoice>"))
    #expect(fault == .unknownDialect(root: "EInvoice", paths: ["EInvoiceData/Body/Code"]))
    expectSpecific(fault)
    #expect(InvoiceParser().fault(of: "<a/>") == .unknownDialect(root: "a", paths: []))
  }

  @Test("An invoice without items is refused, and one without a breakdown is taken")
  func lists() throws {
    let text = try Fixtures.text(Fixtures.settled)
    let bare = text.replacing(/<Details>.*<\/Details>/, with: "<Details/>")
    #expect(
      InvoiceParser().fault(of: bare)
        == .missing(field: "items", paths: ["EInvoiceData/Details/Item"]))
    let short = text.replacing(/<AuxDetails>.*<\/AuxDetails>/, with: "")
    #expect(try InvoiceParser().parse(short).auxiliaryItems.isEmpty)
  }

  @Test("Amounts without a settlement number are other fields, not a settlement")
  func unsettled() throws {
    let text = try Fixtures.text(Fixtures.settled)
      .replacing(/<SettlementID>\d+<\/SettlementID>/, with: "")
    let invoice = try InvoiceParser().parse(text)
    #expect(invoice.settlement == nil)
    let pooled = invoice.otherFields.first { $0.path.hasSuffix("MainExt/FundPayAmount") }
    #expect(pooled?.value == "121.34")
  }

  private func expectSpecific(_ fault: InvoiceFault) {
    #expect(fault.code.hasPrefix("invoice."))
    #expect(!fault.field.isEmpty)
    #expect(!fault.value.isEmpty)
    #expect(fault.remedy.count > 10 && fault.remedy.hasSuffix("."))
    #expect(fault.description.count > 10 && fault.description.hasSuffix("."))
    #expect(fault.remedy != fault.description)
  }
}
