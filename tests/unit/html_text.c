/* SPDX-License-Identifier: GPL-3.0-or-later */
/* html_text.h: HTML as mail programs and strangers write it. */
#include "html_text.h"

#include <stdlib.h>

#include "tests/tap.h"
#include "text.h"

#define COUNT(rows) (sizeof (rows) / sizeof (rows)[0])
#define MAX ((size_t)1024 * 1024)

struct row {
	const char *name, *html, *want;
};

/* The input has no byte behind it, for valgrind and the sanitizers to see. */
static char *
converted(const char *html, size_t len, unsigned width, size_t max)
{
	struct buf out = BUF_INIT;
	char *copy = malloc(len > 0 ? len : 1), *text;

	memcpy(copy, html, len);
	ok(html_to_text(&out, copy, len, width, max), "there is memory");
	text = text_copy(buf_str(&out), out.len);
	buf_free(&out);
	free(copy);
	return text;
}

static void
check_rows(const struct row *rows, size_t n, unsigned width)
{
	for (size_t i = 0; i < n; i++) {
		char *got = converted(rows[i].html, strlen(rows[i].html), width, MAX);

		is_str(got, rows[i].want, rows[i].name);
		free(got);
	}
}

static void
test_blocks(void)
{
	static const struct row rows[] = {
		{ "nothing", "", "" },
		{ "blanks alone", " \n\t ", "" },
		{ "text", "Hello", "Hello\n" },
		{ "white space collapses", "  a \n\t b  ", "a b\n" },
		{ "paragraphs", "<p>a</p>\n<p>b</p>", "a\n\nb\n" },
		{ "paragraphs without ends", "<p>a<p>b<div>c", "a\n\nb\n\nc\n" },
		{ "div", "<div>a</div><div>b</div>c", "a\nb\nc\n" },
		{ "br", "a<br>b<br/>c<BR />d", "a\nb\nc\nd\n" },
		{ "br at the end of a block ends nothing more", "<div>a<br></div><div>b</div>", "a\nb\n" },
		{ "an empty line of Gmail", "<div>a</div><div><br></div><div>b</div>", "a\n\nb\n" },
		{ "many br make one empty line", "a<br><br><br><br>b", "a\n\nb\n" },
		{ "heading", "a<h1>T</h1>b", "a\n\nT\n\nb\n" },
		{ "empty paragraphs of Outlook", "<p>a</p><p><o:p>&nbsp;</o:p></p><p>b</p>", "a\n\nb\n" },
		{ "rule", "a<hr>b", "a\n\n----------------------------------------\n\nb\n" },
		{ "pre", "<pre>\na  b\n\tc \n\n\n\nd</pre>e", "a  b\n        c\n\n\n\nd\n\ne\n" },
		{ "pre by style", "<div style=\"white-space: pre\">a   b\nc</div>", "a   b\nc\n" },
		{ "pre-wrap by style keeps lines", "<div style='white-space:pre-wrap'>a   b\nc</div>d", "a b\nc\nd\n" },
		{ "blanks at the end of pre by style", "<td><i style='white-space:pre'>a </i><td>b", "a\nb\n" },
		{ "unclosed style", "<div style=\"white-space:pre\">a", "a\n" },
		{ "blockquote", "a<blockquote><p>b</p><p>c</p></blockquote>d", "a\n\n> b\n>\n> c\n\nd\n" },
		{ "blockquote in a blockquote", "<blockquote>a<blockquote>b</blockquote>c</blockquote>", "> a\n>\n>> b\n>\n> c\n" },
		{ "a signature keeps its blank", "<div>a</div><div>-- <br>me</div>", "a\n-- \nme\n" },
		{ "dashes in a list are no signature", "<ul><li>-- <br>a</ul>", "* --\n  a\n" },
		{ "dl", "<dl><dt>T<dd>one<dt>U<dd>two</dl>", "T\n    one\nU\n    two\n" },
		{ "emphasis has no marks", "<b>a</b><i>b</i> <strong>c</strong>", "ab c\n" },
		{ "sup and sub", "m<sup>2</sup> H<sub>2</sub>O", "m2 H2O\n" },
		{ "q", "<q>a</q>", "\xe2\x80\x9c" "a\xe2\x80\x9d\n" },
		{ "unknown elements", "<st1:place w:st=\"on\">Rome</st1:place> <x-y>z</x-y>", "Rome z\n" },
		{ "p in b that ends first", "<b><p>a</b>b</p>c", "ab\n\nc\n" },
		{ "end tags of nothing", "</div></p>a</table></td></b>", "a\n" },
	};

	check_rows(rows, COUNT(rows), 0);
}

static void
test_lists(void)
{
	static const struct row rows[] = {
		{ "ul", "a<ul><li>b</li><li>c</li></ul>d", "a\n\n* b\n* c\n\nd\n" },
		{ "ul without ends", "<ul><li>a<li>b</ul>", "* a\n* b\n" },
		{ "ol", "<ol><li>a<li>b</ol>", "1. a\n2. b\n" },
		{ "ol from 9", "<ol start=9><li>a<li>b</ol>", "9. a\n10. b\n" },
		{ "ol with a value", "<ol><li value=5>a<li>b</ol>", "5. a\n6. b\n" },
		{ "ol of letters", "<ol type=a><li>a<li>b</ol><ol type=A><li>c</ol>", "a. a\nb. b\n\nA. c\n" },
		{ "ol of roman numbers", "<ol type=i start=4><li>a</ol><ol type=I start=9><li>b</ol>", "iv. a\n\nIX. b\n" },
		{ "no number", "<ol start=x><li>a</ol>", "1. a\n" },
		{ "nested", "<ul><li>a<ul><li>b</ul><li>c</ul>", "* a\n  * b\n* c\n" },
		{ "nested without an item", "<ul><li>a</li><ul><li>b</li></ul><li>c</li></ul>", "* a\n  * b\n* c\n" },
		{ "ol in ul", "<ul><li>a<ol><li>b<li>c</ol></ul>", "* a\n  1. b\n  2. c\n" },
		{ "paragraphs in items", "<ul><li><p>a</p><p>b</p></li><li><p>c</p></li></ul>", "* a\n\n  b\n\n* c\n" },
		{ "br in an item", "<ul><li>a<br>b</ul>", "* a\n  b\n" },
		{ "an item without a list", "<li>a", "* a\n" },
		{ "an empty item is left out", "<ul><li></li><li>a</ul>", "* a\n" },
		{ "a list in a quote", "<blockquote><ul><li>a</ul></blockquote>", "> * a\n" },
	};

	check_rows(rows, COUNT(rows), 0);
}

static void
test_tables(void)
{
	static const struct row rows[] = {
		{ "rows and cells", "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>", "a | b\nc | d\n" },
		{ "without ends", "<table><tr><th>a<th>b<tr><td>c<td>d</table>e", "a | b\nc | d\ne\n" },
		{ "cells of Word", "<table><tbody><tr><td><p class=MsoNormal>a<o:p></o:p></p></td><td><p>b</p></td></tr>"
		    "<tr><td><p>c</p></td><td><p>d</p></td></tr></tbody></table>", "a | b\nc | d\n" },
		{ "empty cells are spacers", "<table><tr><td>a</td><td>&nbsp;</td><td></td><td>b</td></tr></table>", "a | b\n" },
		{ "cells of many lines", "<table><tr><td>a<br>b</td><td>c</td></tr></table>", "a\nb\nc\n" },
		{ "tables for layout", "<table role=presentation><tr><td>a</td><td>b</td></tr></table>", "a\nb\n" },
		{ "a table in a table", "<table><tr><td><table><tr><td>a</td><td>b</td></tr></table></td></tr>"
		    "<tr><td>c</td></tr></table>", "a | b\nc\n" },
		{ "no end tag reaches out of its cell", "<p>x<table><tr><td>a</p></div></td><td>b</td></table>", "x\n\na | b\n" },
		{ "cells without a table", "<td>a<td>b", "a\nb\n" },
		{ "caption", "<table><caption>T</caption><tr><td>a</table>", "T\na\n" },
	};

	check_rows(rows, COUNT(rows), 0);
}

static void
test_links(void)
{
	static const struct row rows[] = {
		{ "link", "see <a href=\"https://example.org/a\">this</a>.", "see this <https://example.org/a>.\n" },
		{ "text is the address", "<a href=\"https://example.org/\">https://example.org</a>", "https://example.org\n" },
		{ "text is the address, roughly", "<a href='http://www.Example.org/'>example.org</a>", "example.org\n" },
		{ "text is another address", "<a href='http://evil.example/'>www.bank.example</a>",
		    "www.bank.example <http://evil.example/>\n" },
		{ "references in an address", "<a href='https://x.example/?a=1&amp;b=2&copy=3'>x</a>", "x <https://x.example/?a=1&b=2&copy=3>\n" },
		{ "mailto", "<a href='mailto:a%2Bb@x.example?subject=hi'>Write</a>", "Write <a+b@x.example>\n" },
		{ "mailto that is the text", "<a href='mailto:a@x.example'>a@x.example</a>", "a@x.example\n" },
		{ "tel", "<a href='tel:+49301234'>Call</a> <a href='tel:+49301234'>+49 (30) 12-34</a>", "Call <+49301234> +49 (30) 12-34\n" },
		{ "javascript", "<a href='javascript:alert(1)'>a</a>", "a\n" },
		{ "javascript in pieces", "<a href='java\nscript:alert(1)'>a</a> <a href='&#106;avascript:x'>b</a>", "a b\n" },
		{ "data, file, cid, relative, fragment", "<a href='data:text/html,x'>a</a><a href='file:///etc/passwd'>b</a>"
		    "<a href='cid:x'>c</a><a href='/d'>d</a><a href='#e'>e</a><a href='//f.example'>f</a>", "abcdef\n" },
		{ "no address", "<a name=x>a</a>", "a\n" },
		{ "blanks and angles in an address", "<a href=' https://x.example/a b>c\t'>a</a>", "a <https://x.example/a%20b%3Ec>\n" },
		{ "controls in an address", "<a href='https://x.example/&#27;[2J&#x202e;'>a</a>", "a <https://x.example/%1B[2J%E2%80%AE>\n" },
		{ "a link without text", "<a href='https://x.example/'></a>a", "a\n" },
		{ "a link around a picture", "<a href='https://x.example/'><img alt=Logo></a>", "Logo <https://x.example/>\n" },
		{ "a link that never ends", "<a href='https://x.example/'>a", "a <https://x.example/>\n" },
		{ "a link in a link", "<a href='https://x.example/'>a<a href='https://y.example/'>b</a>",
		    "a <https://x.example/>b <https://y.example/>\n" },
		{ "a link around blocks", "<a href='https://x.example/'><div>a</div></a>b", "a\n<https://x.example/>b\n" },
		{ "alt", "<img src=x alt=\"A &amp; B\"> <img src=y> <img alt=''>", "A & B\n" },
		{ "a picture of one point", "a<img width=\"1\" height=1 alt=spy>b", "ab\n" },
	};

	check_rows(rows, COUNT(rows), 0);
}

static void
test_unseen(void)
{
	static const struct row rows[] = {
		{ "head", "<!DOCTYPE html><html><head><meta charset=x><title>T</title><style>p{}</style></head><body>a</body></html>", "a\n" },
		{ "a head that never ends", "<head><title>T</title><p>a", "a\n" },
		{ "script", "a<script>if (a < b) document.write('</p>x');</script>b", "ab\n" },
		{ "script that never ends", "a<script>b", "a\n" },
		{ "style with a tag's name in it", "<style>/* </styles> */</STYLE >a", "a\n" },
		{ "comment", "a<!-- b > c -- d -->e<!---->f<!-->g", "aefg\n" },
		{ "comment that never ends", "a<!-- b", "a\n" },
		{ "CDATA", "a<![CDATA[ b > c ]]>d", "ad\n" },
		{ "processing instruction", "a<?xml:namespace prefix = o />b", "ab\n" },
		{ "conditional comment", "a<!--[if mso]><p>b</p><![endif]-->c", "ac\n" },
		{ "conditional comment for the others", "<!--[if !mso]><!-->a<!--<![endif]--><![if !x]>b<![endif]>", "ab\n" },
		{ "display:none", "<div style=\"color:red; DISPLAY : none !important\">x<p>y</p></div>a", "a\n" },
		{ "a preheader", "<span style='display:none;max-height:0px;overflow:hidden'>Look!&zwnj;&nbsp;&#847;</span><p>a</p>", "a\n" },
		{ "hidden", "a<div hidden>x<div>y</div>z</div>b", "ab\n" },
		{ "max-height, opacity", "<div style='max-height:0'>x</div><i style='opacity: 0.0'>y</i><i style='opacity:0.5'>a</i>", "a\n" },
		{ "a hidden cell", "<table><tr><td>a<td style='display:none'>x<td>b</table>", "a | b\n" },
		{ "a hidden item", "<ul><li style='display:none'>x<li>a</ul>", "* a\n" },
		{ "hidden and never ended in a cell", "<table><tr><td><div style='display:none'>x</td><td>a</td></table>b", "a\nb\n" },
		{ "a hidden picture", "<img style='display:none' alt=x>a", "a\n" },
		{ "font-size:0 hides nothing", "<td style='font-size:0'><span style='font-size:14px'>a</span>", "a\n" },
		{ "filling", "a&zwnj;&#8203;&#65279;&shy;&#x2060;", "a\xe2\x80\x8c\n" },
		{ "template, svg, xml", "<template>x</template><svg><text>y</text></svg><xml><o:p>z</o:p></xml>a", "a\n" },
		{ "noscript is shown", "<noscript>a</noscript>", "a\n" },
	};

	check_rows(rows, COUNT(rows), 0);
}

static void
test_characters(void)
{
	static const struct row rows[] = {
		{ "named", "&lt;&gt;&amp;&quot;&apos;", "<>&\"'\n" },
		{ "Latin", "&Auml;&szlig;&eacute;&Scaron;&ccaron;&lstrok;", "\xc3\x84\xc3\x9f\xc3\xa9\xc5\xa0\xc4\x8d\xc5\x82\n" },
		{ "Greek", "&alpha;&Omega;", "\xce\xb1\xce\xa9\n" },
		{ "typographic", "&ndash;&mdash;&hellip;&ldquo;&rsquo;&bull;", "\xe2\x80\x93\xe2\x80\x94\xe2\x80\xa6\xe2\x80\x9c\xe2\x80\x99\xe2\x80\xa2\n" },
		{ "currency, arrows", "&euro;&pound;&rarr;&hArr;", "\xe2\x82\xac\xc2\xa3\xe2\x86\x92\xe2\x87\x94\n" },
		{ "without a semicolon", "&amp &copy2026 &notit", "& \xc2\xa9" "2026 \xc2\xacit\n" },
		{ "unknown ones stay", "&unknown; &; & &# &#x; &alpha", "&unknown; &; & &# &#x; &alpha\n" },
		{ "case counts", "&Aacute;&aacute;&AACUTE;", "\xc3\x81\xc3\xa1&AACUTE;\n" },
		{ "numeric", "&#228;&#xE4;&#XE4;&#8364", "\xc3\xa4\xc3\xa4\xc3\xa4\xe2\x82\xac\n" },
		{ "beyond the BMP", "&#x1F600;", "\xf0\x9f\x98\x80\n" },
		{ "windows-1252 by number", "&#128;&#150;&#x92;", "\xe2\x82\xac\xe2\x80\x93\xe2\x80\x99\n" },
		{ "NUL, surrogate, too much", "&#0;&#xD800;&#x110000;&#99999999999999999999;", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\n" },
		{ "controls go", "a&#27;&#7;b\x1b[0m\x7f&#x202e;c", "ab[0mc\n" },
		{ "invalid UTF-8", "a\xff" "b\xc3", "a\xef\xbf\xbd" "b\xef\xbf\xbd\n" },
		{ "nbsp is a blank", "10&nbsp;km", "10 km\n" },
		{ "nbsp and blanks are one", "a&nbsp; &nbsp;b", "a b\n" },
		{ "a sign is no tag", "a < b <3 <> a<", "a < b <3 <> a<\n" },
		{ "end of a tag in quotes", "<a title=\"x > y\">a</a>", "a\n" },
		{ "a tag that never ends", "a<b title=\"x>y", "a\n" },
		{ "attributes without quotes", "<a class=x href=https://x.example/a/>a</a>", "a <https://x.example/a/>\n" },
		{ "the first attribute counts", "<a href=https://x.example/ href=https://y.example/>a</a>", "a <https://x.example/>\n" },
	};

	check_rows(rows, COUNT(rows), 0);
}

static void
test_width(void)
{
	static const struct row rows[] = {
		{ "wrapped", "aaaa bbbb cccc dddd eeee ffff", "aaaa bbbb cccc dddd\neeee ffff\n" },
		{ "a long word stays", "aaa https://x.example/0123456789012345678901234 b", "aaa\nhttps://x.example/0123456789012345678901234\nb\n" },
		{ "quotes", "<blockquote>aaaa bbbb cccc dddd eeee ffff</blockquote>", "> aaaa bbbb cccc dddd\n> eeee ffff\n" },
		{ "items", "<ul><li>aaaa bbbb cccc dddd eeee ffff</ul>", "* aaaa bbbb cccc dddd\n  eeee ffff\n" },
		{ "nbsp holds", "aaaa bbbb cccc&nbsp;dddd&nbsp;ee", "aaaa bbbb\ncccc dddd ee\n" },
		{ "words in pieces", "aaaa bbbb cccc <b>d</b>ddd<i>eeee</i>", "aaaa bbbb cccc\nddddeeee\n" },
		{ "wide characters are parted", "\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2",
		    "\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\n\xe6\xbc\xa2\n" },
		{ "pre is not", "<pre>aaaa bbbb cccc dddd eeee ffff</pre>", "aaaa bbbb cccc dddd eeee ffff\n" },
		{ "rule", "<hr>", "--------------------\n" },
	};

	check_rows(rows, COUNT(rows), 20);
}

static void
test_programs(void)
{
	static const struct row rows[] = {
		{ "Outlook", "<html xmlns:o=\"urn:schemas-microsoft-com:office:office\"><head><!--[if !mso]><style>v\\:* {behavior:url(#default#VML);}"
		    "</style><![endif]--></head><body lang=EN-GB><div class=WordSection1><p class=MsoNormal><span style='font-size:11.0pt'>"
		    "Hello&nbsp;Ann,<o:p></o:p></span></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>the report is ready.<o:p></o:p></p>"
		    "<div><div style='border:none;border-top:solid #E1E1E1 1.0pt'><p class=MsoNormal><b>From:</b> Ann &lt;ann@x.example&gt;<br>"
		    "<b>Sent:</b> Monday<br><b>Subject:</b> Report</p></div></div></div></body></html>",
		    "Hello Ann,\n\nthe report is ready.\n\nFrom: Ann <ann@x.example>\nSent: Monday\nSubject: Report\n" },
		{ "Gmail", "<div dir=\"ltr\"><div>Thanks!</div><div><br></div><div>See you<br></div><span class=\"gmail_signature_prefix\">-- </span><br>"
		    "<div>Ann</div></div><br><div class=\"gmail_quote\"><div dir=\"ltr\" class=\"gmail_attr\">On Mon, Bob &lt;<a href=\"mailto:b@x.example\">"
		    "b@x.example</a>&gt; wrote:<br></div><blockquote class=\"gmail_quote\"><div>When?<br></div></blockquote></div>",
		    "Thanks!\n\nSee you\n-- \nAnn\n\nOn Mon, Bob <b@x.example> wrote:\n\n> When?\n" },
		{ "Apple Mail", "<html><head></head><body style=\"overflow-wrap: break-word;\">Hi Bob,<div><br></div><div>the list:</div>"
		    "<div><ul class=\"Apple-dash-list\"><li>milk</li><li>bread<br></li></ul><div><span class=\"Apple-tab-span\" style=\"white-space:pre\">\t"
		    "</span>more</div></div><br><div><blockquote type=\"cite\"><div>On 1 Jan, Bob wrote:</div><br class=\"Apple-interchange-newline\">"
		    "<div>What?</div></blockquote></div></body></html>",
		    "Hi Bob,\n\nthe list:\n\n* milk\n* bread\n\n        more\n\n> On 1 Jan, Bob wrote:\n>\n> What?\n" },
		{ "a newsletter", "<body><div style=\"display:none;font-size:1px\">Sale!&#847;&zwnj;&nbsp;</div><table role=\"presentation\"><tr><td align=center>"
		    "<a href=\"https://shop.example/?utm=1&amp;x=2\"><img src=\"l.png\" alt=\"Shop\" width=200></a></td></tr><tr><td><h1>Big sale</h1>"
		    "<p>Buy <strong>now</strong>.</p></td></tr></table><img src=\"https://t.example/p.gif\" width=\"1\" height=\"1\" alt=\"\"></body>",
		    "Shop <https://shop.example/?utm=1&x=2>\nBig sale\n\nBuy now.\n" },
	};

	check_rows(rows, COUNT(rows), 0);
}

/* Much of the same: it must end, and soon; the outputs are bounded. */
static void
test_hostile(void)
{
	static const struct {
		const char *name, *piece;
		size_t size;
	} rows[] = {
		{ "divs", "<div>", MAX }, { "quotes", "<blockquote>x<br>", MAX }, { "tables", "<table><tr><td>x", MAX },
		{ "angles", "<", MAX }, { "tags without end", "<a ", MAX }, { "names", "<aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", MAX },
		{ "unclosed quotes", "<a b=\"", MAX }, { "ampersands", "&", MAX }, { "comments", "<!--", MAX }, { "dashes", "<!-----", MAX },
		{ "scripts", "<script>", MAX }, { "lists", "<ul><li>x", MAX }, { "links", "<a href=http://x.y/>z", MAX }, { "hidden", "<i hidden>x", MAX },
		{ "misnested", "<b><p>x</b>", MAX }, { "end tags", "<b></i>", MAX }, { "one word", "x", MAX }, { "one line of pre", "<pre> ", MAX },
		{ "invalid", "\xff", MAX }, { "nbsp", "&nbsp;", MAX }, { "empty lines", "<pre>\n\n\n\n\n\n\n\n\n\nx", MAX }
	};
	const size_t most = 100000;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf html = BUF_INIT;
		char *got;

		while (html.len < rows[i].size)
			buf_adds(&html, rows[i].piece);
		got = converted(buf_str(&html), html.len, 72, most);
		ok(strlen(got) <= most && text_utf8_valid(got, strlen(got)), "hostile: %s", rows[i].name);
		free(got);
		buf_free(&html);
	}
}

static void
test_deep(void)
{
	struct buf html = BUF_INIT;
	char *got;

	for (int i = 0; i < 100000; i++)
		buf_adds(&html, "<div>");
	buf_adds(&html, "a<span hidden>x<b>y</b></span>b");
	for (int i = 0; i < 100000; i++)
		buf_adds(&html, "</div>");
	buf_adds(&html, "<p>c");
	got = converted(buf_str(&html), html.len, 0, MAX);
	is_str(got, "ab\n\nc\n", "what is deeper than the stack is shown, and hidden");
	free(got);
	buf_free(&html);
}

static void
test_bounds(void)
{
	static const struct {
		size_t max;
		const char *want;
	} rows[] = {
		{ 0, "" }, { 1, "\n" }, { 2, "a\n" }, { 3, "a\n" }, { 6, "a \xc3\xa4\n" }, { 100, "a \xc3\xa4\xc3\xa4 b\n" }
	};
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < COUNT(rows); i++) {
		char *got = converted("<p>a \xc3\xa4\xc3\xa4 b", 12, 0, rows[i].max);

		ok(strlen(got) <= rows[i].max && text_utf8_valid(got, strlen(got)), "at most %zu bytes", rows[i].max);
		if (rows[i].max == 0 || rows[i].max == 100)
			is_str(got, rows[i].want, "nothing, and all");
		free(got);
	}
	buf_adds(&out, "before\n");
	html_to_text(&out, "<p>a", 4, 0, MAX);
	is_str(buf_str(&out), "before\na\n", "appends, without an empty line of its own");
	buf_free(&out);
}

int
main(void)
{
	test_blocks();
	test_lists();
	test_tables();
	test_links();
	test_unseen();
	test_characters();
	test_width();
	test_programs();
	test_hostile();
	test_deep();
	test_bounds();
	return done_testing();
}
