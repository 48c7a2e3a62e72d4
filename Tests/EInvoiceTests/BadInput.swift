import EInvoice
import Testing

private let main = "EInvoiceData/Main"
private let dateFormats = Dialect.standard.dateFormats

/// A sample, one edit, and the fault that it must give.
struct BadInput: CustomTestStringConvertible, Sendable {
  let find: String
  let replace: String
  let fault: InvoiceFault

  init(_ find: String, _ replace: String, _ fault: InvoiceFault) {
    self.find = find
    self.replace = replace
    self.fault = fault
  }

  var testDescription: String { "\(fault.code) by \(replace.prefix(60))" }

  static let all: [BadInput] = [
    // Attacks.
    BadInput(
      "<EInvoice>", "<!DOCTYPE EInvoice [<!ENTITY a \"b\">]><EInvoice>",
      .doctypeRefused(offset: 39)),
    BadInput("<Remark>", "<Remark>&leak;", .entityRefused(name: "leak")),
    BadInput(
      "<EInvoice>", "<?xml-stylesheet href=\"file:///etc/passwd\"?><EInvoice>",
      .externalReferenceRefused(what: "the processing instruction “xml-stylesheet”")),
    BadInput(
      "<Remark>",
      "<Remark><i:include xmlns:i=\"http://www.w3.org/2001/XInclude\" href=\"/etc/passwd\"/>",
      .externalReferenceRefused(what: "the inclusion element “include”")),
    BadInput(
      "<Remark></Remark>",
      String(repeating: "<a>", count: 14) + String(repeating: "</a>", count: 14),
      .tooDeep(element: "a", limit: 16)),
    BadInput(
      "<Remark>",
      "<!-- ' \" --><Remark " + (0...64).map { "a\($0)='>'" }.joined(separator: " ") + ">",
      .tooManyAttributes(limit: 64)),
    BadInput(
      "<Remark></Remark>", String(repeating: "<a/>", count: 20_000),
      .tooManyElements(limit: 20_000)),
    BadInput(
      "<Remark>", "<Remark>" + String(repeating: "长", count: 1_366),
      .fieldTooLong(field: "text", length: 4_098, limit: 4_096)),
    BadInput(
      "<Remark>", "<Remark note=\"" + String(repeating: "x", count: 4_097) + "\">",
      .fieldTooLong(field: "Remark/@note", length: 4_097, limit: 4_096)),
    BadInput(
      "<Remark></Remark>", "<\(String(repeating: "n", count: 65))/>",
      .fieldTooLong(field: "name", length: 65, limit: 64)),

    // Encodings.
    BadInput("UTF-8", "UTF-16", .unsupportedEncoding(name: "UTF-16")),
    BadInput("UTF-8", "ISO-8859-1", .unsupportedEncoding(name: "ISO-8859-1")),
    BadInput(
      "UTF-8", "GBK", .wrongEncoding(declared: "GBK", reason: "its Chinese characters are UTF-8")),

    // Shape.
    BadInput(
      "<EInvoiceCode>46060125</EInvoiceCode>", "",
      .missing(field: "code", paths: ["\(main)/EInvoiceCode"])),
    BadInput(
      ">82abaf<", "> \n\t <", .missing(field: "checkCode", paths: ["\(main)/RandomNumber"])),
    BadInput(
      "<PayerPartyName>王刚</PayerPartyName>", "",
      .missing(
        field: "payer.name",
        paths: ["\(main)/PayerParty/PayerPartyName", "\(main)/PayerPartyName"])),
    BadInput(
      "<SettlementDate>20250906</SettlementDate>", "",
      .missing(
        field: "settlement.date",
        paths: ["\(main)/MainExt/SettlementDate", "\(main)/SettlementDate"])),
    BadInput(
      "<MedicalType>", "<RelatedInvoiceCode>46060125</RelatedInvoiceCode><MedicalType>",
      .missing(
        field: "related.number",
        paths: ["\(main)/MainExt/RelatedInvoiceNumber", "\(main)/RelatedInvoiceNumber"])),
    BadInput(
      "<ItemName>床位费</ItemName>", "",
      .missing(field: "items[2].name", paths: ["EInvoiceData/Details/Item/ItemName"])),
    BadInput(
      "<TotalAmount>", "<TotalAmount>1.00</TotalAmount><TotalAmount>",
      .duplicateField(field: "totalAmount", values: ["1.00", "153.60"])),
    BadInput(
      "<PayMode>", "<PayerPartyCode>110101199001010000</PayerPartyCode><PayMode>",
      .duplicateField(
        field: "payer.identifier", values: ["460106196209198828", "110101199001010000"])),
    BadInput(
      "<ItemCode>0206", "<ItemCode/><ItemCode>0206",
      .duplicateField(field: "items[2].code", values: ["", "0206"])),
    BadInput(
      "<TotalAmount>153", "<TotalAmount>1<b>5</b>3",
      .notPlainText(field: "totalAmount", path: "\(main)/TotalAmount")),

    // Values.
    BadInput(
      ">20250906<", ">20250230<",
      .malformedDate(field: "issueDate", value: "20250230", formats: dateFormats)),
    BadInput(
      ">20250906<", ">2025-9-6<",
      .malformedDate(field: "issueDate", value: "2025-9-6", formats: dateFormats)),
    BadInput(
      "<SettlementDate>20250906", "<SettlementDate>2025-09-06T24:00:00",
      .malformedDate(
        field: "settlement.date", value: "2025-09-06T24:00:00", formats: dateFormats)),
    BadInput(
      ">0719279514<", ">0719 279514<", .malformedCode(field: "number", value: "0719 279514")),
    BadInput(
      ">46060125<", ">\(String(repeating: "4", count: 33))<",
      .malformedCode(field: "code", value: String(repeating: "4", count: 33))),
    BadInput(
      ">460106196209198828<", ">身份证<", .malformedCode(field: "payer.identifier", value: "身份证")),
    BadInput(
      "<PayerPartyType>1", "<PayerPartyType>3", .unknownPayerType(value: "3", known: ["1", "2"])),
    BadInput(
      "<AuxItemQuantity>3", "<AuxItemQuantity>3e0",
      .malformedNumber(field: "auxiliaryItems[2].quantity", value: "3e0")),
    BadInput(
      "<AuxItemPrice>45.00", "<AuxItemPrice>--45",
      .malformedNumber(field: "auxiliaryItems[2].price", value: "--45")),

    // Rules.
    BadInput(
      "<ItemAmount>18.60", "<ItemAmount>18.61",
      .itemsDoNotSum(sum: Fen(rawValue: 15361), total: Fen(rawValue: 15360))),
    BadInput(
      "<AuxItemAmount>135.00", "<AuxItemAmount>134.99",
      .auxiliaryItemsDoNotSum(
        itemCode: "0206", sum: Fen(rawValue: 13499), amount: Fen(rawValue: 13500))),
    BadInput(
      "<AuxItemRelatedCode>0206", "<AuxItemRelatedCode>0299",
      .auxiliaryItemWithoutItem(itemCode: "0299")),
    BadInput(
      "<OwnPayAmount>17.14", "<OwnPayAmount>17.13",
      .settlementDoesNotSum(sum: Fen(rawValue: 15359), total: Fen(rawValue: 15360))),
    BadInput(
      "<OtherPayAmount>0.00", "<OtherPayAmount>0.01",
      .settlementDoesNotSum(sum: Fen(rawValue: 15361), total: Fen(rawValue: 15360))),
    BadInput(">153.60<", ">0.00<", .blueNotPositive(total: .zero)),
    BadInput(">153.60<", ">-153.60<", .redWithoutBlue(total: Fen(rawValue: -15360))),
    BadInput(
      "<MedicalType>",
      "<RelatedInvoiceCode>46060125</RelatedInvoiceCode>"
        + "<RelatedInvoiceNumber>0000000001</RelatedInvoiceNumber><MedicalType>",
      .redNotNegative(total: Fen(rawValue: 15360))),
  ]
}
