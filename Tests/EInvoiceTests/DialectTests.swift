import EInvoice
import Testing

@Suite("Dialects")
struct DialectTests {
  @Test(
    "An invoice without Main or with other letters has the same facts as in the standard shape",
    arguments: ["flat", "camel"])
  func sameFacts(_ dialect: String) throws {
    let parser = InvoiceParser()
    let standard = try parser.parse(Fixtures.bytes(Fixtures.settled))
    let other = try parser.parse(Fixtures.bytes("dialects/\(dialect).xml"))
    #expect(other.dialectName == dialect)
    expectSameFacts(other, standard)
  }

  @Test("lowerCamelCase, no Main and ISO dates may come together")
  func camelAndFlat() throws {
    let parser = InvoiceParser()
    let flat = try Fixtures.text("dialects/flat.xml")
    let both = flat.replacing(/<(\/?)([A-Z])/) { match in
      "<\(match.output.1)\(match.output.2.lowercased())"
    }
    #expect(both.contains("<eInvoiceCode>") && !both.contains("<EInvoiceCode>"))
    let invoice = try parser.parse(both)
    #expect(invoice.dialectName == "flat")
    expectSameFacts(invoice, try parser.parse(flat))
  }

  @Test("The standard shape with ISO dates is still the standard shape")
  func isoDates() throws {
    let text = try Fixtures.text(Fixtures.settled).replacing("20250906<", with: "2025-09-06<")
    let invoice = try InvoiceParser().parse(text)
    #expect(invoice.dialectName == "standard")
    #expect(invoice.issueDate == IssueDate(year: 2025, month: 9, day: 6))
    #expect(invoice.settlement?.date == invoice.issueDate)
  }

  @Test("A date with a time gives the time where no field does")
  func dateWithTime() throws {
    let text = try Fixtures.text(Fixtures.settled)
      .replacing("<IssueDate>20250906<", with: "<IssueDate>2025-09-06T23:59:01<")
    #expect(try InvoiceParser().parse(text).issueTime == "12:41:45")
    let without = text.replacing("<IssueTime>12:41:45</IssueTime>", with: "")
    #expect(try InvoiceParser().parse(without).issueTime == "23:59:01")
  }

  @Test("A made-up province is read once its dialect is loaded, and unknown before")
  func madeUpProvince() throws {
    let file = try Fixtures.bytes("dialects/made-up.xml")
    let fault = InvoiceParser().fault(of: file)
    guard case .unknownDialect("Fapiao", let paths) = fault else {
      Issue.record("\(String(describing: fault))")
      return
    }
    #expect(paths.prefix(3) == ["@xmlns", "Head/@code", "Head/@number"])

    let dialect = try Dialect.load(json: Fixtures.text("dialects/made-up.json"))
    let invoice = try InvoiceParser(dialects: Dialect.builtIn + [dialect]).parse(file)
    #expect(invoice.dialectName == "made-up")
    #expect(invoice.code == "99010124")
    #expect(invoice.number == "0000000042")
    #expect(invoice.issueDate.description == "2024-02-29")
    #expect(invoice.issueTime == "08:05:09")
    #expect(invoice.payer.type == .unit)
    #expect(invoice.totalAmount == Fen(rawValue: 1250))
    #expect(invoice.items.map(\.code) == ["01"])
    #expect(invoice.otherFields.map(\.path) == ["@xmlns"])
    #expect(invoice.otherFields.map(\.value) == ["urn:made-up"])
  }

  @Test("Every built-in dialect passes the checks of a loaded one, under its own name")
  func builtInAreSound() throws {
    #expect(Dialect.builtIn.map(\.name) == ["standard", "camel", "flat"])
    for dialect in Dialect.builtIn {
      let checked = try Dialect(
        name: dialect.name, root: dialect.root, isCaseSensitive: dialect.isCaseSensitive,
        identifyingPaths: dialect.identifyingPaths, fields: dialect.fields, items: dialect.items,
        auxiliaryItems: dialect.auxiliaryItems, dateFormats: dialect.dateFormats,
        payerTypes: dialect.payerTypes)
      #expect(checked == dialect)
      #expect(dialect.fields.count == Dialect.Field.allCases.count)
    }
  }

  @Test("A JSON text of no use is refused by name")
  func uselessJSON() throws {
    let json = try Fixtures.text("dialects/made-up.json")
    #expect(fault(json.replacing("\"checkCode\"", with: "\"check\"")) == .unknownField("check"))
    #expect(
      fault(json.replacing("\"checkCode\": [\"Head/Check\"],", with: ""))
        == .missingField("checkCode"))
    #expect(
      fault(json.replacing("\"amount\": [\"Yuan\"]", with: "\"amount\": []"))
        == .missingField("auxiliaryItems.amount"))
    #expect(
      fault(json.replacing("Head/Check", with: "Head//Check"))
        == .empty("a part of a path of checkCode"))
    #expect(
      fault(json.replacing("yyyy年MM月dd日", with: "dd.MM.yy")) == .malformedDateFormat("dd.MM.yy"))
    #expect(fault(json.replacing("[\"单位\"]", with: "[]")) == .empty("payerTypes.unit"))
    #expect(fault(json.replacing("\"Fapiao\"", with: "\"\"")) == .empty("root"))
    let long = json + String(repeating: " ", count: Dialect.jsonBytesMax)
    #expect(fault(long) == .tooLarge(bytes: long.utf8.count, limit: Dialect.jsonBytesMax))
    guard case .malformedJSON = fault("{\"name\": 1}") else {
      Issue.record("a text without the keys was taken")
      return
    }
  }

  private func fault(_ json: String) -> DialectFault? {
    do throws(DialectFault) {
      _ = try Dialect.load(json: json)
      return nil
    } catch {
      return error
    }
  }

  private func expectSameFacts(_ left: Invoice, _ right: Invoice) {
    #expect(left.reference == right.reference)
    #expect(left.checkCode == right.checkCode)
    #expect(left.totalAmount == right.totalAmount)
    #expect(left.issueDate == right.issueDate)
    #expect(left.issueTime == right.issueTime)
    #expect(left.name == right.name)
    #expect(left.specimenCode == right.specimenCode)
    #expect(left.supervisorAreaCode == right.supervisorAreaCode)
    #expect(left.issuer == right.issuer)
    #expect(left.payer == right.payer)
    #expect(left.related == right.related)
    #expect(left.settlement == right.settlement)
    #expect(left.items == right.items)
    #expect(left.auxiliaryItems == right.auxiliaryItems)
    #expect(left.phone == right.phone)
    #expect(left.gender == right.gender)
    #expect(left.medicalType == right.medicalType)
  }
}
