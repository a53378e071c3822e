package intake

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
)

// curlStart matches a curl command, also one that was copied with its prompt.
var curlStart = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:#[^\n]*\n\s*)*(?:[$>%] +)?curl(?:\.exe)?[ \t\\^]`)
})

func startsCurl(start []byte) bool { return curlStart().Match(start) }

// readCurl reads curl commands as browsers, Postman, our --dry-run=curl and
// people write them, for a POSIX shell or for Windows' cmd.
func (f *file) readCurl() {
	f.discardBOM()
	text, err := readRest(f.in, nil)
	if err != nil {
		f.fail(err)
		return
	}
	words, err := splitShell(withoutCarets(string(text)))
	if err != nil {
		f.parsed(1, nil, fmt.Errorf("%s:1: curl command: %w", f.name, err))
		return
	}
	answer := AnswerIn(text)
	for len(words) > 0 {
		n := 0
		for n < len(words) && !words[n].end {
			n++
		}
		command := words[:n]
		words = words[min(n+1, len(words)):]
		if len(command) > 0 && strings.Contains("$>%", command[0].text) {
			command = command[1:]
		}
		if len(command) == 0 || strings.TrimSuffix(filepath.Base(command[0].text), ".exe") != "curl" {
			continue // what a curl command is piped into, an echo between two
		}
		source := fmt.Sprintf("%s:%d", f.name, command[0].line)
		m, err := readCurlCommand(command[1:], f.defaults)
		if err != nil {
			err = fmt.Errorf("%s: curl command: %w", source, err)
		} else {
			m.Source = source
			if answer != nil && m.Kind == Notification {
				m.Answer, answer = answer, nil
			}
		}
		if !f.parsed(command[0].line, m, err) {
			return
		}
	}
}

// withoutCarets undoes the escapes of Windows' cmd, where a caret takes the
// meaning from the character behind it and a caret before a line end continues
// the line.
func withoutCarets(text string) string {
	if !strings.Contains(text, "^\"") && !strings.Contains(text, "^\r\n") && !strings.Contains(text, "^\n") {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '^' || i+1 == len(text) {
			b.WriteByte(text[i])
			continue
		}
		i++
		switch {
		case strings.HasPrefix(text[i:], "\r\n"):
			i++
			b.WriteString("\\\n") // as the shell continues a line
		case text[i] == '\n':
			b.WriteString("\\\n")
		default:
			b.WriteByte(text[i])
		}
	}
	return b.String()
}

// curlOption is a row of curl's options, as far as they change what is sent or
// take an argument that must not be mistaken for a URL.
type curlOption struct {
	long  string
	short byte // 0 if there is none
	does  curlUse
}

type curlUse int

const (
	curlIgnored curlUse = iota // and its argument
	curlMethod
	curlHeader
	curlData       // text; @file without its line ends
	curlDataRaw    // text, whatever it begins with
	curlDataBinary // text; @file to the byte
	curlDataURL    // percent-encoded
	curlJSON
	curlURL
	curlForm
	curlUpload
	curlGet  // takes no argument
	curlHead // takes no argument
)

// curlOptions are from curl's manual page (8.5). Of the others only those that
// take an argument are listed.
var curlOptions = [...]curlOption{
	{"request", 'X', curlMethod}, {"header", 'H', curlHeader}, {"url", 0, curlURL},
	{"data", 'd', curlData}, {"data-ascii", 0, curlData}, {"data-raw", 0, curlDataRaw}, {"data-binary", 0, curlDataBinary},
	{"data-urlencode", 0, curlDataURL}, {"json", 0, curlJSON}, {"form", 'F', curlForm}, {"form-string", 0, curlForm},
	{"upload-file", 'T', curlUpload}, {"get", 'G', curlGet}, {"head", 'I', curlHead},
	{"user", 'u', curlIgnored}, {"user-agent", 'A', curlIgnored}, {"referer", 'e', curlIgnored}, {"cookie", 'b', curlIgnored},
	{"cookie-jar", 'c', curlIgnored}, {"output", 'o', curlIgnored}, {"max-time", 'm', curlIgnored}, {"connect-timeout", 0, curlIgnored},
	{"cacert", 0, curlIgnored}, {"capath", 0, curlIgnored}, {"cert", 'E', curlIgnored}, {"key", 0, curlIgnored}, {"ciphers", 0, curlIgnored},
	{"config", 'K', curlIgnored}, {"dump-header", 'D', curlIgnored}, {"write-out", 'w', curlIgnored}, {"proxy", 'x', curlIgnored},
	{"proxy-user", 'U', curlIgnored}, {"resolve", 0, curlIgnored}, {"connect-to", 0, curlIgnored}, {"retry", 0, curlIgnored},
	{"retry-delay", 0, curlIgnored}, {"retry-max-time", 0, curlIgnored}, {"limit-rate", 0, curlIgnored}, {"interface", 0, curlIgnored},
	{"noproxy", 0, curlIgnored}, {"oauth2-bearer", 0, curlIgnored}, {"range", 'r', curlIgnored}, {"speed-limit", 'Y', curlIgnored},
	{"speed-time", 'y', curlIgnored}, {"stderr", 0, curlIgnored}, {"trace", 0, curlIgnored}, {"trace-ascii", 0, curlIgnored},
	{"unix-socket", 0, curlIgnored}, {"max-redirs", 0, curlIgnored}, {"aws-sigv4", 0, curlIgnored}, {"continue-at", 'C', curlIgnored},
}

// curlCommand is a command on its way to a message.
type curlCommand struct {
	words    []shellWord
	defaults Defaults
	message  *Message
	data     []byte
	hasData  bool
	url      string
	get      bool
}

func readCurlCommand(words []shellWord, d Defaults) (*Message, error) {
	c := &curlCommand{words: words, defaults: d, message: &Message{Header: http.Header{}, Exact: true}}
	for len(c.words) > 0 {
		if err := c.option(); err != nil {
			return nil, err
		}
	}
	m := c.message
	if c.url == "" {
		return nil, errors.New("it has no URL")
	}
	if !strings.Contains(c.url, "://") {
		c.url = "http://" + c.url // as curl does
	}
	if c.get && c.hasData {
		separator := "?"
		if strings.Contains(c.url, "?") {
			separator = "&"
		}
		c.url += separator + string(c.data)
		c.data, c.hasData = nil, false
	}
	m.setURL(c.url)
	m.Body = c.data
	if m.Method == "" && !c.hasData {
		m.Method = http.MethodGet
	}
	m.fill(d)
	m.decode()
	return m, nil
}

// next takes a word; ok is false at the end.
func (c *curlCommand) next() (word string, ok bool) {
	if len(c.words) == 0 {
		return "", false
	}
	word, c.words = c.words[0].text, c.words[1:]
	return word, true
}

// option reads one option with its argument, or a URL.
func (c *curlCommand) option() error {
	word, _ := c.next()
	switch {
	case strings.HasPrefix(word, "--") && len(word) > 2:
		name, value, joined := strings.Cut(word[2:], "=")
		for _, row := range curlOptions {
			if row.long == name {
				return c.do(row, value, joined)
			}
		}
		return nil // an option without an argument that changes nothing here
	case strings.HasPrefix(word, "-") && len(word) > 1:
		return c.short(word[1:])
	}
	return c.do(curlOption{does: curlURL}, word, true)
}

// short reads a cluster of options such as -sSXPOST.
func (c *curlCommand) short(letters string) error {
	for i := range len(letters) {
		for _, row := range curlOptions {
			switch {
			case row.short != letters[i]:
			case row.does == curlGet || row.does == curlHead:
				if err := c.do(row, "", true); err != nil {
					return err
				}
			default:
				return c.do(row, letters[i+1:], i+1 < len(letters))
			}
		}
	}
	return nil
}

// do carries out one option; its argument is the next word unless it is joined.
func (c *curlCommand) do(row curlOption, value string, joined bool) error {
	switch row.does {
	case curlGet:
		c.get = true
		return nil
	case curlHead:
		c.message.Method = http.MethodHead
		return nil
	}
	if !joined {
		var ok bool
		if value, ok = c.next(); !ok {
			return fmt.Errorf("--%s has no argument: is the command cut off?", row.long)
		}
	}
	switch row.does {
	case curlMethod:
		c.message.Method = value
	case curlHeader:
		c.header(value)
	case curlURL:
		c.url = value
	case curlForm:
		return errors.New("it sends a form; a signed message is sent with --data-raw or --data-binary")
	case curlUpload:
		return c.addData(curlDataBinary, "@"+value)
	case curlData, curlDataRaw, curlDataBinary, curlDataURL, curlJSON:
		return c.addData(row.does, value)
	}
	return nil
}

func (c *curlCommand) header(line string) {
	if name, value, found := strings.Cut(line, ":"); found {
		if value = strings.Trim(value, " \t"); value != "" { // curl sends no empty header
			c.message.Header.Add(strings.TrimSpace(name), value)
		}
	} else if name, _, found := strings.Cut(line, ";"); found {
		c.message.Header.Add(strings.TrimSpace(name), "")
	}
}

// addData adds to the body; curl joins several with an ampersand.
func (c *curlCommand) addData(use curlUse, value string) error {
	part := []byte(value)
	if name, isFile := strings.CutPrefix(value, "@"); isFile && use != curlDataRaw && use != curlDataURL {
		var err error
		if part, err = c.file(name); err != nil {
			return err
		}
		if use == curlData {
			part = []byte(strings.NewReplacer("\r", "", "\n", "", "\x00", "").Replace(string(part)))
		}
	}
	if use == curlDataURL {
		name, text, named := strings.Cut(value, "=")
		if part = []byte(url.QueryEscape(value)); named {
			part = []byte(strings.TrimPrefix(name+"=", "=") + url.QueryEscape(text))
		}
	}
	if c.hasData && use != curlJSON {
		c.data = append(c.data, '&')
	}
	c.data, c.hasData = append(c.data, part...), true
	return nil
}

// file reads what --data-binary @file names. Such a file was written by an
// editor or a shell, so that a line end at its end may be one too many.
func (c *curlCommand) file(name string) ([]byte, error) {
	if name == "-" || c.defaults.ReadFile == nil {
		return nil, fmt.Errorf("its body is in %q, which can't be read from here", name)
	}
	data, err := c.defaults.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("its body: %w", err)
	}
	if len(data) > longestBody {
		return nil, fmt.Errorf("its body %q is longer than %d MiB", name, longestBody>>20)
	}
	c.message.Exact = false
	return data, nil
}
