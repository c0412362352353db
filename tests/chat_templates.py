"""Chat templates of the kinds that are in use, each as its model writes it."""

from __future__ import annotations

from typing import Any

from tokenizer_kinds import byte_level

LLAMA = (
    "{{ bos_token }}{% for m in messages %}"
    "{{ '<|start_header_id|>' + m['role'] + '<|end_header_id|>\n\n' + m['content'] | trim + '<|eot_id|>' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}"
)
CHATML = (
    "{% for m in messages %}{% if loop.first and m['role'] != 'system' %}"
    "{{ '<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n' }}{% endif %}"
    "{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
# The system prompt becomes a part of the first question.
MISTRAL = (
    "{% if messages[0]['role'] == 'system' %}{% set first = messages[0]['content'] + '\n\n' %}"
    "{% set messages = messages[1:] %}{% else %}{% set first = '' %}{% endif %}{{ bos_token }}"
    "{% for m in messages %}{% if (m['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('Conversation roles must alternate user/assistant') }}{% endif %}"
    "{% if m['role'] == 'user' %}{{ '[INST] ' + (first if loop.first else '') + m['content'] + ' [/INST]' }}"
    "{% else %}{{ ' ' + m['content'] | trim + eos_token }}{% endif %}{% endfor %}"
)
GEMMA = (
    "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}"
    "{% endif %}{% for m in messages %}{% set role = 'model' if m['role'] == 'assistant' else m['role'] %}"
    "{{ '<start_of_turn>' + role + '\n' + m['content'] | trim + '<end_of_turn>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<start_of_turn>model\n' }}{% endif %}"
)
# Qwen3's kind: earlier thoughts are dropped, the last ones are set anew.
THINKING = (
    "{% for m in messages %}{% set thought = m.content.split('</think>')[0].split('<think>')[-1] | trim "
    "if '</think>' in m.content else '' %}{% set said = m.content.split('</think>')[-1].lstrip('\n') %}"
    "{{ '<|im_start|>' + m.role + '\n' }}{% if m.role == 'assistant' and loop.last %}"
    "{{ '<think>\n' + thought + '\n</think>\n\n' }}{% endif %}{{ said + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
# Says the question twice, and leaves the system prompt out.
TWICE = (
    "{% for m in messages if m.role != 'system' %}{{ m.role }}: {{ m.content }}\nRead again: {{ m.content }}\n"
    "{% endfor %}"
)
TEMPLATES = {"llama": LLAMA, "chatml": CHATML, "mistral": MISTRAL, "gemma": GEMMA}


def chatty(template: str | None) -> Any:
    """A byte-level tokenizer with this chat template; `<|bos|>` and `<|eos|>` are tokens, other delimiters text.

    It puts BOS before a text by itself.
    """
    tokenizer = byte_level(template=True)
    tokenizer.chat_template = template
    return tokenizer
