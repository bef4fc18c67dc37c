"""What mail programs mark as quoted in HTML is left out; what the customer typed between, or forwards, is not."""

import pytest

from channels.email.html import read

NEW = "<p>It flickers.</p>"
PAGES = {
    "gmail": '<div class="gmail_quote gmail_quote_container"><div class="gmail_attr">On Thu, Shop wrote:<br></div>'
    '<blockquote class="gmail_quote" style="margin:0 0 0 .8ex"><p>Old.</p></blockquote></div>',
    "gmail signature": '<span class="gmail_signature_prefix">-- </span><br><div class="gmail_signature">Ana</div>',
    "old gmail": '<div class="gmail_quote">On Thu, Shop wrote:<br><blockquote><p>Old.</p></blockquote></div>',
    "apple mail": '<div><blockquote type="cite"><div>On 19 Nov 2026, Shop wrote:</div>Old.</blockquote></div>',
    "thunderbird": '<div class="moz-cite-prefix">On 11/19/26, Shop wrote:</div><blockquote type="cite" cite="mid:a">'
    'Old.</blockquote><pre class="moz-signature">-- \nAna</pre>',
    "outlook web": '<div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> Shop</div><p>Old.</p>',
    "outlook web, sent on": '<div id="x_divRplyFwdMsg"><b>From:</b> Shop</div><p>Old.</p>',
    "outlook on a phone": '<div class="ms-outlook-mobile-signature">Get Outlook for iOS</div>'
    '<div id="mail-editor-reference-message-container">From: Shop<p>Old.</p></div>',
    "outlook for windows": '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
    "<p><b>Von:</b> Shop<br><b>Gesendet:</b> Donnerstag</p></div><p>Old.</p>",
    "hotmail": '<hr id="stopSpelling">Date: Thu<br>From: Shop<p>Old.</p>',
    "zimbra": '<hr id="zwchr" data-marker="__DIVIDER__"><div>Old.</div>',
    "yahoo": '<div id="ydp1" class="ydp1a2b3cyahoo_quoted"><div>On Thursday, Shop wrote:</div>Old.</div>',
    "proton": '<div class="protonmail_signature_block">Sent with Proton</div>'
    '<div class="protonmail_quote">On Thursday, Shop wrote:<blockquote type="cite">Old.</blockquote></div>',
    "tuta": '<blockquote class="tutanota_quote">Old.</blockquote>',
    "gmx": '<div name="quote" style="margin:10px 5px"><b>Gesendet:</b> Donnerstag<div>Old.</div></div>',
    "roundcube": '<p id="reply-intro">On 2026-11-19, Shop wrote:</p><blockquote type="cite">Old.</blockquote>',
    "netease": '<blockquote id="isReplyContent">Old.</blockquote>',
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_what_a_program_marks_is_left_out(page: str) -> None:
    assert read(NEW + page).unquoted == "It flickers."


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_the_whole_text_is_kept_beside_it(page: str) -> None:
    said = read(NEW + page).text
    assert "It flickers." in said
    assert len(said) > len("It flickers.")


def test_answers_between_gmail_s_quotes_stay() -> None:
    page = read(
        '<div class="gmail_quote"><div class="gmail_attr">On Thu, Shop wrote:</div>'
        '<blockquote class="gmail_quote">Which colour?</blockquote><div>Blue.</div>'
        '<blockquote class="gmail_quote">Which size?</blockquote><div>42.</div></div>'
    )
    assert page.unquoted is not None
    assert page.unquoted.split() == ["Blue.", "42."]


@pytest.mark.parametrize(
    "line", ["---------- Forwarded message ---------", "-------- Weitergeleitete Nachricht --------"]
)
def test_a_forwarded_mail_stays(line: str) -> None:
    page = read(
        f'<p>Look.</p><div class="gmail_quote"><div class="gmail_attr">{line}<br>From: Hal</div><p>It broke.</p></div>'
    )
    assert "It broke." in (page.text if page.unquoted is None else page.unquoted)


@pytest.mark.parametrize(
    "page",
    [
        "<p>A class like gmail_quote is only a word here.</p>",
        '<blockquote>My poem</blockquote><p class="note">and more</p>',
        '<div style="border-top:solid #E1E1E1 1.0pt"><p>A framed word of mine</p></div>',
    ],
    ids=["named in words", "a poem", "a frame"],
)
def test_a_page_without_marks_is_all_new(page: str) -> None:
    found = read(page)
    assert found.unquoted in (None, found.text)
